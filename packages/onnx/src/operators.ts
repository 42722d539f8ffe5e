import type { AttributeRule } from "./attributes.ts";

/** The pooling operators of ONNX. */
export type PoolingType =
  | "MaxPool"
  | "AveragePool"
  | "LpPool"
  | "GlobalMaxPool"
  | "GlobalAveragePool"
  | "GlobalLpPool"
  | "MaxUnpool"
  | "MaxRoiPool"
  | "RoiAlign";

/** An operator of ONNX: when it came, and what it is told. */
export interface OnnxOperator {
  /** The first opset that has it. */
  readonly since: number;
  /** Its inputs. */
  readonly inputs: readonly string[];
  /** How many of them must be there. */
  readonly needed: number;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, AttributeRule>>;
}

/** The last opset whose operators are known. */
export const LAST_OPSET = 22;

const sizes: AttributeRule = { kind: "integers", min: 1 };
const flag: AttributeRule = { kind: "integer", min: 0, max: 1, default: 0 };
const power: AttributeRule = { kind: "float", above: 0, default: 2 };
const scale: AttributeRule = { kind: "float", above: 0, default: 1 };

/** What all operators with sliding windows are told. */
const windows: Readonly<Record<string, AttributeRule>> = {
  auto_pad: {
    kind: "text",
    words: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"],
    default: "NOTSET",
  },
  kernel_shape: { ...sizes, required: true },
  pads: { kind: "integers", min: 0 },
  strides: sizes,
};

/** The pooling operators of ONNX's own domain, in all opsets. */
export const OPERATORS: Readonly<Record<PoolingType, OnnxOperator>> = {
  MaxPool: {
    since: 1,
    inputs: ["X"],
    needed: 1,
    attributes: {
      ...windows,
      ceil_mode: { ...flag, since: 10 },
      dilations: { ...sizes, since: 10 },
      storage_order: { ...flag, since: 8 },
    },
  },
  AveragePool: {
    since: 1,
    inputs: ["X"],
    needed: 1,
    attributes: {
      ...windows,
      ceil_mode: { ...flag, since: 10 },
      count_include_pad: { ...flag, since: 7 },
      dilations: { ...sizes, since: 19 },
    },
  },
  LpPool: {
    since: 1,
    inputs: ["X"],
    needed: 1,
    attributes: {
      ...windows,
      ceil_mode: { ...flag, since: 18 },
      dilations: { ...sizes, since: 18 },
      p: power,
    },
  },
  GlobalMaxPool: { since: 1, inputs: ["X"], needed: 1, attributes: {} },
  GlobalAveragePool: { since: 1, inputs: ["X"], needed: 1, attributes: {} },
  GlobalLpPool: {
    since: 1,
    inputs: ["X"],
    needed: 1,
    attributes: { p: power },
  },
  MaxUnpool: {
    since: 9,
    inputs: ["X", "I", "output_shape"],
    needed: 2,
    attributes: {
      kernel_shape: { ...sizes, required: true },
      pads: { kind: "integers", min: 0 },
      strides: sizes,
    },
  },
  MaxRoiPool: {
    since: 1,
    inputs: ["X", "rois"],
    needed: 2,
    attributes: {
      pooled_shape: { ...sizes, required: true },
      spatial_scale: scale,
    },
  },
  RoiAlign: {
    since: 10,
    inputs: ["X", "rois", "batch_indices"],
    needed: 3,
    attributes: {
      coordinate_transformation_mode: {
        kind: "text",
        words: ["half_pixel", "output_half_pixel"],
        since: 16,
      },
      mode: { kind: "text", words: ["avg", "max"], default: "avg" },
      output_height: { kind: "integer", min: 1, default: 1 },
      output_width: { kind: "integer", min: 1, default: 1 },
      sampling_ratio: { kind: "integer", min: 0, default: 0 },
      spatial_scale: scale,
    },
  },
};

/** The attributes in an opset: the power is a number of opset 1, then an integer. */
export function attributeRules(
  { attributes }: OnnxOperator,
  opset: number,
): Readonly<Record<string, AttributeRule>> {
  if (!attributes.p || opset < 2) return attributes;
  return { ...attributes, p: { kind: "integer", min: 1, default: 2 } };
}
