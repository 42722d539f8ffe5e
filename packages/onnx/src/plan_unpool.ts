import {
  type AnyPoolingOp,
  equalShapes,
  formatShape,
  type Shape,
  sizeOf,
} from "@rockpool/core";
import { maxUnpool } from "@rockpool/max/unpool";
import { listOf, spatialOf } from "./node_windows.ts";
import type { NodePlan } from "./plan.ts";
import type { WindowedNode } from "./plan_windows.ts";
import { integersOf, type OnnxTensor } from "./tensors.ts";

/** What the indices of MaxUnpool count where `output_shape` is given. */
export type UnpoolIndices = "inferred" | "output";

/** Further inputs of MaxUnpool, and how they are read. */
export interface UnpoolInputs {
  /** Where the values go. */
  readonly indices: OnnxTensor;
  /** The shape of the output, where it is given. */
  readonly outputShape?: OnnxTensor;
  /** What indices count. */
  readonly count: UnpoolIndices;
}

/**
 * Plans MaxUnpool of an input.
 *
 * @throws {RangeError} where an index leaves its plane, or shapes do not fit
 */
export function planMaxUnpool(
  node: WindowedNode,
  shape: Shape,
  { indices, outputShape, count }: UnpoolInputs,
): NodePlan {
  const spatial = spatialOf(node.label, shape);
  const inferred = inferredSizes(node, spatial);
  const output = outputShape
    ? outputSizes(node.label, shape, outputShape)
    : inferred;
  const counted = count === "inferred" ? inferred : output;
  const small = output.findIndex((length, a) => length < spatial[a]);
  if (small >= 0) {
    throw new RangeError(
      `Cannot run ${node.label}: its output would have [${output}] elements along its spatial axes, fewer than the input's [${spatial}]`,
    );
  }
  return {
    op: maxUnpool as unknown as AnyPoolingOp,
    // Only the sizes of the output matter: windows that give them, whatever
    // the pads.
    options: {
      kernelSize: output.map((length, a) => length - spatial[a] + 1),
      stride: 1,
      outputSize: output,
      axes: spatial.length,
    },
    inputs: {
      indices: {
        shape,
        data: planeIndices(node.label, indices, {
          shape,
          counted,
          output,
        }),
      },
    },
  };
}

function inferredSizes(
  { label, attributes }: WindowedNode,
  spatial: readonly number[],
): readonly number[] {
  const list = (name: string, length = spatial.length) =>
    listOf(label, name, { attributes, length });
  const kernel = list("kernel_shape");
  const strides = list("strides");
  const pads = list("pads", 2 * spatial.length);
  return spatial.map((length, a) => {
    const pad = (pads?.[a] ?? 0) + (pads?.[a + spatial.length] ?? 0);
    return (length - 1) * (strides?.[a] ?? 1) - pad + (kernel?.[a] ?? 1);
  });
}

function outputSizes(
  node: string,
  shape: Shape,
  outputShape: OnnxTensor,
): readonly number[] {
  const given = integersOf(outputShape, { node, input: "output_shape" });
  const fits = given.length === shape.length && given[0] === shape[0] &&
    given[1] === shape[1] && given.every((length) => length >= 0);
  if (fits) return given.slice(2);
  throw new RangeError(
    `Cannot run ${node}: its input output_shape is [${given}], an output of ${
      formatShape(shape.slice(0, 2))
    } planes is needed`,
  );
}

/** Indices of the whole tensor as those of each plane of the output. */
function planeIndices(
  node: string,
  indices: OnnxTensor,
  { shape, counted, output }: {
    readonly shape: Shape;
    readonly counted: readonly number[];
    readonly output: readonly number[];
  },
): Int32Array {
  if (formatShape(indices.dims) !== formatShape(shape)) {
    throw new RangeError(
      `Cannot run ${node}: its input I has shape ${
        formatShape(indices.dims)
      }, that of X is needed, ${formatShape(shape)}`,
    );
  }
  const given = integersOf(indices, { node, input: "I" });
  const isSame = equalShapes(counted, output);
  const plane = sizeOf(counted);
  const perPlane = sizeOf(shape.slice(2));
  return Int32Array.from(given, (index, at) => {
    const inPlane = index - Math.floor(at / perPlane) * plane;
    const place = isSame
      ? inPlane
      : movePosition(inPlane, counted, { to: output });
    if (inPlane >= 0 && inPlane < plane && place !== undefined) return place;
    throw new RangeError(
      `Cannot run ${node}: its input I holds ${index}, which is outside the plane that its value belongs to`,
    );
  });
}

/**
 * A position in a plane as one in another, where axes begin elsewhere;
 * undefined where that is outside.
 */
export function movePosition(
  position: number,
  from: readonly number[],
  { to, before, columnMajor = false }: {
    readonly to: readonly number[];
    readonly before?: readonly number[];
    readonly columnMajor?: boolean;
  },
): number | undefined {
  let rest = position;
  const at = from.map(() => 0);
  for (let a = from.length - 1; a >= 0; a--) {
    at[a] = rest % from[a] - (before?.[a] ?? 0);
    rest = Math.floor(rest / from[a]);
  }
  if (at.some((index, a) => index < 0 || index >= to[a])) return undefined;
  const axes = columnMajor ? [...at.keys()].reverse() : [...at.keys()];
  return axes.reduce((sum, a) => sum * to[a] + at[a], 0);
}
