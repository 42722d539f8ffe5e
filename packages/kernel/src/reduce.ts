import { type Geometry, volume } from "./geometry.ts";
import { makeProgram, type Program } from "./program.ts";
import { leaf, select } from "./expression.ts";
import { fold } from "./fold.ts";
import { slide } from "./slide.ts";

/** The sum over each window. */
export const SUM: Program = makeProgram("window", "sum", [
  { name: "y", value: fold.sum(leaf("element", "x")) },
]);

/** The sum of two tensors: windows of one element. */
export const ADD: Program = makeProgram("window", "add", [
  {
    name: "y",
    value: fold.sum(leaf("element", "a")).add(fold.sum(leaf("element", "b"))),
  },
]);

/** Column `index` of a tensor of rows replaced by the sum of it and another. */
export const ADD_COLUMN: Program = makeProgram("window", "add-column", [
  {
    name: "y",
    value: fold.sum(
      leaf("element", "x").add(
        select(
          leaf("position").asNumber().eq(leaf("scalar", "index")),
          leaf("channel", "column"),
          0,
        ),
      ),
    ),
  },
]);

/** Elements that one step of a sum adds up, which bounds its rounding error. */
const CHUNK = 64;

/** Windows of one element over a tensor of any shape. */
export function elementwise(size: number): Geometry {
  return slide([1, 1, size], { axes: 1, kernelSize: 1 });
}

/** Windows that sum chunks of each row of `rows` × `length` elements. */
function rowChunks(rows: number, length: number): Geometry {
  const kernelSize = Math.min(CHUNK, length);
  return slide([1, rows, length], { axes: 1, kernelSize, ceilMode: true });
}

/** Windows that sum chunks of each column of `length` × `columns` elements. */
function columnChunks(length: number, columns: number): Geometry {
  const kernelSize = Math.min(CHUNK, length);
  return slide([1, length, columns], {
    axes: 1,
    kernelSize,
    ceilMode: true,
    layout: "NHWC",
  });
}

/**
 * The steps that sum a tensor shaped as the output of some windows over all
 * but its channels: each is {@linkcode SUM} over the result of the one before.
 */
export function channelSumSteps(windows: Geometry): Geometry[] {
  const { items, channels, output, layout } = windows;
  const steps: Geometry[] = [];
  let length = volume(output);
  if (layout === "NCHW") {
    while (length > 1) {
      const step = rowChunks(items * channels, length);
      steps.push(step);
      length = step.output[2];
    }
    length = items;
  } else {
    length *= items;
  }
  do {
    const step = columnChunks(length, channels);
    steps.push(step);
    length = step.output[2];
  } while (length > 1);
  return steps;
}
