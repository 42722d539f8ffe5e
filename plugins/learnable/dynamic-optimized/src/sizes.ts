import type { Shape } from "@rockpool/core";
import {
  axisNames,
  type PerAxis,
  perAxis,
  type Planes,
  planesOf,
} from "@rockpool/kernel";
import type { DynamicOptimizedOptions } from "./options.ts";

/** What the options make of an input. */
export interface Plan {
  readonly planes: Planes;
  /** The weight that decides the output's size: the ratio, or its inverse. */
  readonly weight: "r" | "alpha";
  /** Its initial value. */
  readonly initial: Float32Array;
  /** The greatest lengths of the output. */
  readonly limits: readonly number[];
  /** The lengths that `gmacs` is for. */
  readonly initialSize: readonly number[];
}

/** A spatial axis, and what a weight makes of it. */
export interface ResizedAxis {
  /** The input's length n. */
  readonly length: number;
  /** The output's length o. */
  readonly size: number;
  /** ∂o/∂weight by the straight-through estimate; 0 where o met a limit. */
  readonly slope: number;
}

/**
 * What the options make of an input.
 *
 * @throws {TypeError} where both `r` and `alpha` are given, or the rank or the
 * length of a list does not fit
 */
export function planOf(shape: Shape, options: DynamicOptimizedOptions): Plan {
  const { r, alpha, maxOutput, initialSize, layout } = options;
  if (r !== null && alpha !== null) {
    throw new TypeError(
      `Cannot pool with r ${r} and alpha ${alpha}: one of them decides the output's size`,
    );
  }
  const lists = [r, alpha, maxOutput, initialSize]
    .filter((list) => Array.isArray(list) && list.length <= 3) as number[][];
  const planes = planesOf(shape, {
    axes: options.axes ?? lists[0]?.length,
    layout,
  });
  const each = (name: string, value: PerAxis) =>
    perAxis(name, value, planes.axes) as number[];
  const weight = r === null ? "alpha" : "r";
  const plan = {
    planes,
    weight,
    initial: Float32Array.from(each(weight, r ?? alpha ?? 2)),
    limits: maxOutput === null
      ? planes.spatial.map((length) => 4 * length)
      : each("maxOutput", maxOutput),
  } as const;
  return {
    ...plan,
    initialSize: initialSize === null
      ? resize(plan, plan.initial, options).map(({ size }) => size)
      : each("initialSize", initialSize),
  };
}

/**
 * The size that the numbers of a weight give each axis, in double precision:
 * round(n r) with r = 1 / α, at least 1 and at most the limit.
 *
 * @throws {RangeError} where a number is not finite and greater than 0
 */
export function resize(
  { planes, weight, limits }: Pick<Plan, "planes" | "weight" | "limits">,
  numbers: ArrayLike<number>,
  { rounding }: Pick<DynamicOptimizedOptions, "rounding">,
): ResizedAxis[] {
  return planes.spatial.map((length, a) => {
    const number = numbers[a];
    if (!(number > 0 && number < Infinity)) {
      throw new RangeError(
        `Cannot pool an input of ${
          axisNames(planes.axes)[a]
        } ${length}: weight ${weight} holds ${number}, a finite number greater than 0 is needed`,
      );
    }
    const scaled = weight === "r" ? length * number : length / number;
    const rounded = roundHalf(scaled, rounding);
    const size = Math.min(Math.max(rounded, 1), limits[a]);
    // Straight through the rounding: ∂o/∂r = n, ∂o/∂α = −n / α².
    const slope = weight === "r" ? length : -scaled / number;
    return { length, size, slope: size === rounded ? slope : 0 };
  });
}

/** The nearest integer; of two that are as near, the upper or the even one. */
function roundHalf(
  x: number,
  rounding: DynamicOptimizedOptions["rounding"],
): number {
  const below = Math.floor(x);
  const rest = x - below;
  const upAtHalf = rounding === "halfUp" || below % 2 === 1;
  return rest > 0.5 || (rest === 0.5 && upAtHalf) ? below + 1 : below;
}
