import { emitWatPlace, emitWatTake, type PlaneMove } from "@rockpool/kernel";
import { CONTROL } from "./control.ts";
import type { Block } from "./cpu_value.ts";
import { type KernelTools, runFixed } from "./run_fixed.ts";

/** Moves values of planes by indices, on one thread or all. */
export function runMove(
  kind: "scatter" | "take",
  { from, indices, to, planes }: PlaneMove<Block>,
  tools: KernelTools,
): void {
  const { indexed, target } = planes;
  const isLast = planes.layout === "NHWC" && planes.channels > 1;
  // Planes that lie one behind the other are items of one channel.
  const channels = isLast ? planes.channels : 1;
  const [rows, line] = isLast ? [indexed, channels] : [1, indexed];
  runFixed(tools, kind === "scatter" ? emitWatPlace : emitWatTake, {
    values: {
      from: from.address,
      indices: indices.address,
      to: to.address,
      rows,
      line,
      step: isLast ? 4 : 0,
      target,
      scale: 4 * channels,
      size: 4 * channels * target,
      stray: 4 * CONTROL.stray,
    },
    count: planes.items * planes.channels / channels,
    work: from.size + to.size,
  });
}
