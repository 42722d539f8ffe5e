import { didYouMean, type Shape } from "@rockpool/core";
import {
  type Attribute,
  type AttributeMessage,
  type PlainAttribute,
  readAttributes,
} from "./attributes.ts";
import {
  attributeRules,
  LAST_OPSET,
  type OnnxOperator,
  OPERATORS,
  type PoolingType,
} from "./operators.ts";
import type { NodePlan } from "./plan.ts";
import { planGlobal, planGlobalLp } from "./plan_global.ts";
import { planMaxRoiPool, planRoiAlign } from "./plan_regions.ts";
import { planMaxUnpool, type UnpoolIndices } from "./plan_unpool.ts";
import { planAveragePool, planLpPool, planMaxPool } from "./plan_windows.ts";
import type { OnnxTensor } from "./tensors.ts";

/** A node with attributes as plain values. */
export interface PlainNode {
  /** The operator: `MaxPool`. */
  readonly opType: string;
  /** What the node is called in its graph. */
  readonly name?: string;
  /** Its attributes by name. */
  readonly attributes?: Readonly<Record<string, PlainAttribute>>;
  /** How many outputs are wanted; 1 by default. */
  readonly outputs?: number;
}

/** A NodeProto as libraries for protobuf decode it. */
export interface NodeMessage {
  /** The operator: `MaxPool`. */
  readonly opType?: string | null;
  /** What the node is called in its graph. */
  readonly name?: string | null;
  /** The domain of the operator; ONNX's own is empty. */
  readonly domain?: string | null;
  /** Names of its outputs; an empty one is not wanted. */
  readonly output?: readonly string[] | null;
  /** Its attributes. */
  readonly attribute?: readonly AttributeMessage[] | null;
}

/** How a node is read. */
export interface NodeOptions {
  /** The version of ONNX's operators that its model imports; 22 by default. */
  readonly opset?: number;
  /**
   * What the indices of MaxUnpool count where `output_shape` is given: the
   * output that its attributes infer, as in ONNX's node tests (the default), or
   * the `output`, as in ONNX Runtime and PyTorch.
   */
  readonly unpoolIndices?: UnpoolIndices;
}

/** A pooling node of ONNX that is read and checked. */
export interface PoolingNode {
  /** The operator. */
  readonly opType: PoolingType;
  /** What it is called in messages: `MaxPool "pool1"`. */
  readonly label: string;
  /** The opset that it is written in. */
  readonly opset: number;
  /** Its attributes, with those defaults that do not depend on the input. */
  readonly attributes: Readonly<Record<string, Attribute | undefined>>;
  /** Names of its inputs. */
  readonly inputs: readonly string[];
  /** Whether MaxPool's second output, `Indices`, is wanted. */
  readonly wantsIndices: boolean;
  /**
   * What computes the node on an input of this shape.
   *
   * @param others the inputs behind the first
   * @throws {TypeError} | {RangeError} where the inputs do not fit
   */
  plan(shape: Shape, others?: readonly (OnnxTensor | undefined)[]): NodePlan;
}

/**
 * Reads a pooling node of ONNX: what it is in operators of Rockpool.
 *
 * Nodes are plain objects, or messages as libraries for protobuf decode them.
 *
 * @throws {TypeError} for an operator that is none of ONNX's pooling operators,
 * or an attribute that it lacks in this opset
 * @throws {RangeError} for a value of an attribute that is not covered
 *
 * @example
 * ```ts
 * import { poolingNode } from "@rockpool/onnx";
 * import { assertEquals } from "@std/assert";
 *
 * const node = poolingNode({
 *   opType: "MaxPool",
 *   attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" },
 * });
 * const { op, options } = node.plan([1, 8, 6, 6]);
 * assertEquals(op.name, "max");
 * assertEquals(options.padding, [[0, 1], [0, 1]]);
 * ```
 */
export function poolingNode(
  node: PlainNode | NodeMessage,
  options: NodeOptions = {},
): PoolingNode {
  const { opset = LAST_OPSET, unpoolIndices = "inferred" } = options;
  const { opType, operator, label } = operatorOf(node, opset);
  if (!["inferred", "output"].includes(unpoolIndices)) {
    throw new TypeError(
      `Cannot read ${label}: unpoolIndices is "${unpoolIndices}", "inferred" or "output" is needed`,
    );
  }
  const attributes: PoolingNode["attributes"] = readAttributes(
    attributesOf(node, label),
    attributeRules(operator, opset),
    { node: label, opset },
  );
  const wantsIndices = outputsOf(node, { label, opType }) > 1;
  const read = { label, attributes };
  return {
    opType,
    label,
    opset,
    attributes,
    inputs: operator.inputs,
    wantsIndices,
    plan(shape, others = []) {
      const input = (index: number): OnnxTensor => {
        const tensor = others[index - 1];
        if (tensor) return tensor;
        throw new TypeError(
          `Cannot run ${label}: its input ${operator.inputs[index]} is missing`,
        );
      };
      if (others.length >= operator.inputs.length) {
        throw new TypeError(
          `Cannot run ${label}: it is given ${
            others.length + 1
          } inputs, it has ${operator.inputs.join(", ")}`,
        );
      }
      switch (opType) {
        case "MaxPool":
          return planMaxPool(read, shape, wantsIndices);
        case "AveragePool":
          return planAveragePool(read, shape);
        case "LpPool":
          return planLpPool(read, shape);
        case "GlobalMaxPool":
          return planGlobal(read, shape, "max");
        case "GlobalAveragePool":
          return planGlobal(read, shape, "avg");
        case "GlobalLpPool":
          return planGlobalLp(read, shape);
        case "MaxUnpool":
          return planMaxUnpool(read, shape, {
            indices: input(1),
            outputShape: others[1],
            count: unpoolIndices,
          });
        case "MaxRoiPool":
          return planMaxRoiPool(read, shape, input(1));
        case "RoiAlign":
          return planRoiAlign(read, shape, {
            rois: input(1),
            items: input(2),
            opset,
          });
      }
    },
  };
}

function operatorOf(
  node: PlainNode | NodeMessage,
  opset: number,
): { opType: PoolingType; operator: OnnxOperator; label: string } {
  const opType = node.opType ?? "";
  const domain = "domain" in node ? node.domain : undefined;
  if (domain && domain !== "ai.onnx") {
    throw new TypeError(
      `Cannot read ${opType} of domain ${domain}: ONNX's own domain is needed`,
    );
  }
  if (!Object.hasOwn(OPERATORS, opType)) {
    throw new TypeError(
      `Cannot read ${
        opType || "a node without an operator"
      }: it is no pooling operator of ONNX${
        didYouMean(opType, Object.keys(OPERATORS))
      }`,
    );
  }
  const label = node.name ? `${opType} "${node.name}"` : opType;
  const operator = OPERATORS[opType as PoolingType];
  if (!Number.isInteger(opset) || opset < 1 || opset > LAST_OPSET) {
    throw new RangeError(
      `Cannot read ${label} of opset ${opset}: opsets 1 to ${LAST_OPSET} are known`,
    );
  }
  if (opset < operator.since) {
    throw new RangeError(
      `Cannot read ${label} of opset ${opset}: it came with opset ${operator.since}`,
    );
  }
  return { opType: opType as PoolingType, operator, label };
}

function attributesOf(
  node: PlainNode | NodeMessage,
  label: string,
): Record<string, PlainAttribute | AttributeMessage> {
  if ("attributes" in node) return { ...node.attributes };
  const read: Record<string, AttributeMessage> = {};
  for (const message of (node as NodeMessage).attribute ?? []) {
    const name = message.name ?? "";
    if (Object.hasOwn(read, name)) {
      throw new TypeError(
        `Cannot read ${label}: its attribute ${name} is given twice`,
      );
    }
    read[name] = message;
  }
  return read;
}

/** How many outputs a node has, the last ones that are not wanted left out. */
function outputsOf(
  node: PlainNode | NodeMessage,
  { label, opType }: { label: string; opType: PoolingType },
): number {
  const names = "output" in node ? node.output ?? [] : [];
  const count = "outputs" in node
    ? node.outputs ?? 1
    : names.findLastIndex((name) => name !== "") + 1;
  const most = opType === "MaxPool" ? 2 : 1;
  if (Number.isInteger(count) && count <= most) return count;
  throw new RangeError(
    `Cannot read ${label}: it is to give ${count} outputs, it has at most ${most}`,
  );
}
