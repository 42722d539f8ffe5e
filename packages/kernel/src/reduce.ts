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

/** Windows that sum chunks of the columns of `items` × `length` × `columns`. */
function columnChunks(
  items: number,
  length: number,
  columns: number,
): Geometry {
  const kernelSize = Math.min(CHUNK, length);
  return slide([items, length, columns], {
    axes: 1,
    kernelSize,
    ceilMode: true,
    layout: "NHWC",
  });
}

/** Steps until a length is 1, one at least. */
function untilOne(
  length: number,
  step: (length: number) => Geometry,
): Geometry[] {
  const steps = [step(length)];
  for (let rest = steps[0].output[2]; rest > 1;) {
    const next = step(rest);
    steps.push(next);
    rest = next.output[2];
  }
  return steps;
}

/**
 * The steps that sum a tensor shaped as the output of some windows over each
 * plane, or over each channel of all items: each is {@linkcode SUM} over the
 * result of the one before.
 */
export function sumSteps(
  windows: Geometry,
  per: "plane" | "channel",
): Geometry[] {
  const { items, channels, output, layout } = windows;
  const inPlanes = untilOne(
    volume(output),
    (length) =>
      layout === "NCHW"
        ? rowChunks(items * channels, length)
        : columnChunks(items, length, channels),
  );
  if (per === "plane" || items === 1) return inPlanes;
  const ofItems = untilOne(
    items,
    (length) => columnChunks(1, length, channels),
  );
  return [...inPlanes, ...ofItems];
}
