import type { Table } from "@rockpool/kernel";
import type { ResizedAxis } from "./sizes.ts";

/** Which of an axis' two queries: before the centre of a cell, or behind it. */
export type Side = -1 | 1;

/** Queries of one side along an axis, one for each cell. */
export interface Queries {
  /** The two elements that each is between; the only one, where there is one. */
  readonly pairs: Table;
  /** How far each is from the first of its elements, 0 to 1. */
  readonly fractions: readonly number[];
  /** ∂position/∂weight, through the output's size. */
  readonly sizeSlopes: readonly number[];
  /** ∂position/∂δ. */
  readonly deltaSlopes: readonly number[];
}

/**
 * Places the queries of one side along an axis of n elements and o cells:
 *
 * - tied to the cell at (i + ½ ± ¼) n / o − ½,
 * - with a given δ at (i + ½) n / o − ½ ± δ,
 *
 * clamped to the input. What is clamped does not move with the weights, and
 * along a single element it does not matter: both have the slope 0.
 */
export function placeQueries(
  { length, size, slope }: ResizedAxis,
  side: Side,
  delta: number | undefined,
): Queries {
  const places = Array.from({ length: size }, (_, i) => {
    const cells = i + 0.5 + (delta === undefined ? side / 4 : 0);
    // With one division, what falls on an element falls on it exactly.
    const position = cells * length / size - 0.5 + side * (delta ?? 0);
    const clamped = Math.min(Math.max(position, 0), length - 1);
    const start = Math.min(Math.floor(clamped), Math.max(length - 2, 0));
    const moves = length > 1 && clamped === position;
    return {
      start,
      fraction: clamped - start,
      sizeSlope: moves ? -cells * length / size ** 2 * slope : 0,
      deltaSlope: moves ? side : 0,
    };
  });
  return {
    pairs: {
      starts: places.map(({ start }) => start),
      counts: places.map(() => Math.min(2, length)),
    },
    fractions: places.map(({ fraction }) => fraction),
    sizeSlopes: places.map(({ sizeSlope }) => sizeSlope),
    deltaSlopes: places.map(({ deltaSlope }) => deltaSlope),
  };
}
