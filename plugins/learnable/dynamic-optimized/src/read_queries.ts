import type { Context, Shape, Value } from "@rockpool/core";
import { expand, slide, type Table, tables } from "@rockpool/kernel";
import { fractionName, multilinear, pairs } from "./kernels.ts";
import type { DynamicOptimizedOptions } from "./options.ts";

/** The queries of one side along an axis. */
export interface PlacedQueries {
  /** The elements that each is between. */
  readonly pairs: Table;
  /** Its fraction, shaped as the output; none along an axis of one element. */
  readonly fractions: Value | undefined;
}

/** For each axis the queries before the centres of cells, and those behind. */
export type Sides = readonly (readonly PlacedQueries[])[];

/**
 * Reads the input at each side of each axis, and takes the greatest or the
 * mean of a cell's queries: two by two, the last axis first, so that the first
 * of equal ones in row-major order wins.
 */
export function readQueries(
  cx: Context,
  { x, sides }: { readonly x: Value; readonly sides: Sides },
  { layout, aggregation }: DynamicOptimizedOptions,
): Value {
  const axes = sides.length;
  const read = (chosen: readonly PlacedQueries[]): Value => {
    if (chosen.length === axes) {
      const fractions = chosen.map((queries) => queries.fractions)
        .filter((value) => value !== undefined)
        .map((value, index) => [fractionName(index), value] as const);
      return cx.window(
        multilinear[fractions.length],
        { values: { x, ...Object.fromEntries(fractions) } },
        tables(x.shape, { tables: chosen.map((one) => one.pairs), layout }),
      ).y;
    }
    const [first, second] = sides[chosen.length]
      .map((queries) => read([...chosen, queries]));
    const each = slide(first.shape, { kernelSize: 1, axes, layout });
    return cx.window(pairs[aggregation], { values: { first, second } }, each).y;
  };
  return read([]);
}

/** Numbers along one axis of a shape, repeated along the others. */
export function spread(
  cx: Context,
  numbers: Value,
  { shape, axis }: { readonly shape: Shape; readonly axis: number },
): Value {
  const along = shape.map((length, a) => a === axis ? length : 1);
  // The last axis first: sums of gradients then have few terms at a time.
  return shape.map((count, a) => ({ count, axis: a })).reverse()
    .filter((other) => other.axis !== axis)
    .reduce(
      (value, other) => expand(cx, value, other),
      cx.reshape(numbers, along),
    );
}
