import type { Context, Shape } from "@rockpool/core";
import { type Geometry, slide, type Table, tables } from "@rockpool/kernel";
import { drawPicks } from "./picks.ts";
import { type AxisPlan, blockStart, type Plan } from "./plan.ts";
import type { S3Options } from "./options.ts";

/** The slot of random words of the first axis; each axis has its own. */
const SLOT = 0x10;

/** The windows of step 1 at positions that are given or drawn. */
export function sampleWindows(
  cx: Pick<Context, "randomWord">,
  shape: Shape,
  { planes, axes }: Plan,
): Geometry {
  const windowsOf = (axis: AxisPlan, a: number): Table => {
    const picks = axis.given?.data ??
      drawPicks(axis.grids, (draw) => cx.randomWord(SLOT + a, draw));
    return windowsAt(Array.from(picks), axis);
  };
  return tables(shape, {
    tables: axes.map(windowsOf),
    layout: planes.layout,
  });
}

/** The windows of step 1 at some positions, without what is outside the input. */
function windowsAt(
  at: readonly number[],
  { length, before, after }: AxisPlan,
): Table {
  const starts = at.map((position) => Math.max(0, position - before));
  const counts = at.map((position, i) =>
    Math.min(length, position + after + 1) - starts[i]
  );
  return { starts, counts };
}

/** The windows of step 1 at all positions. */
export function allWindows(
  shape: Shape,
  { planes, axes }: Plan,
  { boundary }: S3Options,
): Geometry {
  const sides = axes.map(({ length, before, after }) => {
    // A longer window would hold the same elements.
    const side = (elements: number) => Math.min(elements, length - 1);
    return [side(before), side(after)] as const;
  });
  return slide(shape, {
    kernelSize: sides.map(([before, after]) => before + 1 + after),
    stride: 1,
    padding: boundary === "same" ? sides : 0,
    layout: planes.layout,
  });
}

/** The blocks of positions that inference averages, one for each output. */
export function blocks(
  shape: Shape,
  { planes, axes }: Plan,
  { boundary, remainder }: S3Options,
): Geometry {
  if (boundary === "same" && remainder === "partial") {
    const stride = axes.map((axis) => axis.stride);
    return slide(shape, {
      kernelSize: stride,
      stride,
      layout: planes.layout,
    });
  }
  return tables(shape, {
    tables: axes.map(boundary === "same" ? dividedGrids : officialBlocks),
    layout: planes.layout,
  });
}

/** Each grid divided as evenly as it goes: the last may be longer than others. */
function dividedGrids({ grids }: AxisPlan): Table {
  const starts: number[] = [];
  const counts: number[] = [];
  for (const { start, positions, picks } of grids) {
    const bound = (i: number) => Math.floor(i * positions / picks);
    for (let i = 0; i < picks; i++) {
      starts.push(start + bound(i));
      counts.push(bound(i + 1) - bound(i));
    }
  }
  return { starts, counts };
}

/** Windows of the stride, half a one too early, without what is outside. */
function officialBlocks({ picks, stride, positions }: AxisPlan): Table {
  const bound = (i: number) =>
    Math.min(Math.max(blockStart(i, stride), 0), positions);
  const starts = Array.from({ length: picks }, (_, i) => bound(i));
  return { starts, counts: starts.map((start, i) => bound(i + 1) - start) };
}
