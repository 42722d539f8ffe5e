import type { Layout, OptionSpec, Tensor } from "@rockpool/core";
import {
  axesRule,
  layoutRule,
  type PerAxis,
  trainingRule,
} from "@rockpool/kernel";

/** The options of `s3`. */
export interface S3Options {
  /** How many times shorter the output is along each axis. */
  readonly stride: PerAxis;
  /** Elements of a window of step 1 along each axis; null is stride. */
  readonly kernelSize: PerAxis | null;
  /** Positions of a grid along each axis, a multiple of stride; null is stride. */
  readonly gridSize: PerAxis | null;
  /** What step 1 does with its windows; `none` leaves it out. */
  readonly pool: "max" | "average" | "none";
  /** Whether step 1 keeps the size, or has windows inside the input alone. */
  readonly boundary: "same" | "valid";
  /** Whether positions behind the last full grid have one, or join the last. */
  readonly remainder: "partial" | "merge";
  /** What inference gives instead of a sample. */
  readonly evalMode: "average" | "expectation" | "sample";
  /** Whether to draw; null is to draw in a session that trains. */
  readonly training: boolean | null;
  /** The picks along the height, int32, instead of drawn ones. */
  readonly rowIndices: Tensor | null;
  /** The picks along the width. */
  readonly colIndices: Tensor | null;
  /** The picks along the depth. */
  readonly depthIndices: Tensor | null;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/** The options that give the picks of an axis. */
export type IndicesName = "rowIndices" | "colIndices" | "depthIndices";

/** The rules for {@linkcode S3Options}. */
export const s3Options: OptionSpec<S3Options> = {
  stride: {
    kind: "axes",
    min: 1,
    default: 2,
    help: "how many times shorter the output is along each axis",
  },
  kernelSize: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help:
      "elements of a window of step 1 along each axis; null is stride; pool none has no windows",
  },
  gridSize: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help:
      "positions of a grid along each axis, a multiple of stride; null is stride",
  },
  pool: {
    kind: "choice",
    choices: ["max", "average", "none"],
    default: "max",
    help: "what step 1 takes of each window; none leaves it out",
  },
  boundary: {
    kind: "choice",
    choices: ["same", "valid"],
    default: "same",
    help:
      "whether step 1 keeps the size, or has windows inside the input alone, as the official code",
  },
  remainder: {
    kind: "choice",
    choices: ["partial", "merge"],
    default: "partial",
    help:
      "whether positions behind the last full grid have a grid of their own, or join the last, as in the official code",
  },
  evalMode: {
    kind: "choice",
    choices: ["average", "expectation", "sample"],
    default: "average",
    help:
      "what inference gives: means of blocks, the mean of all samples, or a sample as in training",
  },
  training: trainingRule,
  rowIndices: indicesRule("height"),
  colIndices: indicesRule("width"),
  depthIndices: indicesRule("depth"),
  layout: layoutRule,
  axes: axesRule,
};

function indicesRule(axis: string): OptionSpec<S3Options>[IndicesName] {
  return {
    kind: "tensor",
    nullable: true,
    default: null,
    help:
      `int32 positions to pick along the ${axis}, ascending, in inference too; null draws them`,
  };
}
