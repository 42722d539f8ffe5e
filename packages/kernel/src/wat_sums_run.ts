import { sizeOf } from "@rockpool/core";
import type { PositionSums } from "./device.ts";
import type { PlacedValue, WatMachine } from "./wat_machine.ts";
import { emitWatSums } from "./wat_sums.ts";
import { transposeMatrices } from "./wat_transpose_run.ts";

/**
 * Sums positions of planes on the CPU. Where channels stand before the spatial
 * axes, both tensors are transposed on the way, so that the numbers of a
 * position lie together.
 */
export function runWatSums(
  machine: WatMachine,
  { from, to, sums, repeats, planes, channels, layout }: PositionSums<
    PlacedValue
  >,
): void {
  const { offsets, entries, weights } = sums;
  const rows = offsets.length - 1;
  const sizes = { from: sizeOf(from.shape), to: sizeOf(to.shape) };
  const isLast = layout === "NHWC" || channels === 1;
  const [source, target] = isLast
    ? [from.address, to.address]
    : [machine.allocate(4 * sizes.from), machine.allocate(4 * sizes.to)];
  if (!isLast) {
    transposeMatrices(machine, {
      from: from.address,
      to: source,
      items: sizes.from / channels / planes.from,
      rows: channels,
      columns: planes.from,
    });
  }
  machine.run(emitWatSums, {
    values: {
      offsets: machine.place(offsets),
      entries: machine.place(entries),
      weights: machine.place(weights),
      from: source,
      to: target,
      channels,
      rows,
      columns: sizes.from / channels / repeats,
    },
    count: rows * repeats,
    work: entries.length * repeats * channels,
  });
  if (isLast) return;
  transposeMatrices(machine, {
    from: target,
    to: to.address,
    items: sizes.to / channels / planes.to,
    rows: planes.to,
    columns: channels,
  });
}
