import type { Context, Value } from "@rockpool/core";
import type { DynamicOptimizedOptions } from "./options.ts";
import type { Plan, ResizedAxis } from "./sizes.ts";
import { constants, moveWith } from "./straight_through.ts";

/**
 * What the layers behind cost at this size, `[1]`: gmacWeight · gmacs · the
 * output's elements over those of the initial size, with a gradient that goes
 * straight through the rounding of the size.
 */
export function costOf(
  cx: Context,
  { axes, initialSize, weight }: Pick<Plan, "initialSize"> & {
    readonly axes: readonly ResizedAxis[];
    readonly weight: Value;
  },
  { gmacWeight, gmacs }: DynamicOptimizedOptions,
): Value {
  const ratio = axes.reduce(
    (all, { size }, a) => all * size / initialSize[a],
    1,
  );
  const cost = gmacWeight * gmacs * ratio;
  const moved = axes.reduce(
    (value, { size, slope }, axis) =>
      moveWith(cx, value, { weight, axis, slopes: [cost / size * slope] }),
    constants(cx, [cost]),
  );
  return cx.reshape(moved, [1]);
}
