import { sizeOf } from "@rockpool/core";
import type { PlaneMove } from "./device.ts";
import type { FixedEmitter, PlacedValue, WatMachine } from "./wat_machine.ts";
import { emitWatPlace, emitWatTake } from "./wat_moves.ts";

/**
 * Places values of planes by indices on the CPU.
 *
 * @returns whether all indices are −1 or lie inside
 */
export function runWatPlace(
  machine: WatMachine,
  move: PlaneMove<PlacedValue>,
): boolean {
  const stray = machine.place(Int32Array.of(0));
  runMove(machine, move, { emit: emitWatPlace, stray });
  return machine.look(stray) === 0;
}

/** Reads values of planes by indices on the CPU. */
export function runWatTake(
  machine: WatMachine,
  move: PlaneMove<PlacedValue>,
): void {
  runMove(machine, move, { emit: emitWatTake });
}

function runMove(
  machine: WatMachine,
  { from, indices, to, planes }: PlaneMove<PlacedValue>,
  { emit, ...more }: { readonly emit: FixedEmitter; readonly stray?: number },
): void {
  const { indexed, target } = planes;
  const isLast = planes.layout === "NHWC" && planes.channels > 1;
  // Planes that lie one behind the other are items of one channel.
  const channels = isLast ? planes.channels : 1;
  const [rows, line] = isLast ? [indexed, channels] : [1, indexed];
  machine.run(emit, {
    values: {
      from: from.address,
      indices: indices.address,
      to: to.address,
      rows,
      line,
      step: isLast ? 4 : 0,
      width: isLast ? 0 : planes.paired ?? 0,
      target,
      scale: 4 * channels,
      size: 4 * channels * target,
      ...more,
    },
    count: planes.items * planes.channels / channels,
    work: sizeOf(from.shape) + sizeOf(to.shape),
  });
}
