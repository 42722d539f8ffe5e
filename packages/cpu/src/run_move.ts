import { emitWatPlace, emitWatTake, type PlaneMove } from "@rockpool/kernel";
import type { Block } from "./cpu_value.ts";
import { type KernelTools, runFixed } from "./run_fixed.ts";

/** The channels of a cache line. */
const LINE = 16;

/** Moves values of planes by indices, on one thread or all. */
export function runMove(
  kind: "scatter" | "take",
  { from, indices, to, planes }: PlaneMove<Block>,
  tools: KernelTools,
): void {
  const { indexed, target } = planes;
  // Planes that lie one behind the other are items of one channel.
  const isLast = planes.layout === "NHWC";
  const channels = isLast ? planes.channels : 1;
  const items = isLast ? planes.items : planes.items * planes.channels;
  // Whole items are faster than blocks of their channels, since these are far
  // apart in memory: as few as give each thread one.
  const wanted = Math.ceil((tools.pool?.threads ?? 1) / items);
  const share = LINE * Math.ceil(channels / wanted / LINE);
  const blocks = Math.ceil(channels / share);
  runFixed(tools, kind === "scatter" ? emitWatPlace : emitWatTake, {
    values: {
      from: from.address,
      indices: indices.address,
      to: to.address,
      channels,
      indexed,
      target,
      share,
      blocks,
    },
    count: items * blocks,
    work: from.size + to.size,
  });
}
