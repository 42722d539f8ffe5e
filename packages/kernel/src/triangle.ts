import {
  type Context,
  formatShape,
  type OptionRule,
  type Value,
} from "@rockpool/core";
import { productSamples } from "./samples.ts";

/** In which order the elements of an upper triangle follow each other. */
export type TriangleOrder = "row" | "col" | "diagFirst";

/** How {@linkcode triangle} makes vectors. */
export interface TriangleOptions {
  /** Row by row, column by column, or the diagonal and then the columns. */
  readonly order: TriangleOrder;
  /** What elements off the diagonal are multiplied by. */
  readonly offDiagScale: number;
}

/** The rule for `order`. */
export const triangleOrderRule: OptionRule<TriangleOrder> = {
  kind: "choice",
  choices: ["row", "col", "diagFirst"],
  default: "row",
  help:
    "the triangle row by row, column by column, or its diagonal before the columns",
};

/** The rule for `offDiagScale`. */
export const offDiagScaleRule: OptionRule<number> = {
  kind: "number",
  above: 0,
  default: 1,
  help:
    "what elements off the diagonal are multiplied by; √2 keeps all distances",
};

/** The elements of the upper triangle of a matrix with this many rows. */
export function triangleLength(size: number): number {
  return size * (size + 1) / 2;
}

/**
 * The upper triangle of each symmetric matrix of a batch as a vector:
 * `[B, D, D]` as `[B, D (D + 1) / 2]`.
 *
 * What is below the diagonal is not read, and its gradient is 0.
 *
 * @throws {TypeError} where it is no float32
 * @throws {RangeError} where it is no batch of square matrices
 *
 * @example
 * ```ts
 * import { interpreter, triangle } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 2, 2], data: Float32Array.of(1, 2, 2, 3) });
 * const y = triangle(session, x, { order: "row", offDiagScale: 2 });
 * assertEquals([...(await session.read(y)).data], [1, 4, 3]);
 * ```
 */
export function triangle(
  cx: Context,
  x: Value,
  { order, offDiagScale }: TriangleOptions,
): Value {
  const [items, size] = x.shape;
  if (x.shape.length !== 3 || size !== x.shape[2] || size === 0) {
    throw new RangeError(
      `Cannot take triangles of a value of shape ${
        formatShape(x.shape)
      }: square matrices [B, D, D] are needed`,
    );
  }
  const length = triangleLength(size);
  if (items === 0) {
    return cx.constant({ shape: [0, length], data: new Float32Array() });
  }
  const places = triangleOrders[order](size);
  const rows = {
    offsets: Int32Array.from({ length: length + 1 }, (_, at) => at),
    entries: Int32Array.from(places, ([i, j]) => i * size + j),
    weights: Float64Array.from(places, ([i, j]) => i === j ? 1 : offDiagScale),
  };
  // As channels of one item, all matrices share the list of what is read.
  const planes = cx.reshape(x, [1, items, size * size]);
  const samples = productSamples(planes.shape, {
    outputSize: [length],
    items: [{ source: 0, axes: [rows] }],
  });
  return cx.reshape(cx.sample(planes, samples), [items, length]);
}

/** A row and a column. */
type Place = readonly [number, number];

/** The places of a triangle, in order. */
const triangleOrders: Readonly<
  Record<TriangleOrder, (size: number) => Place[]>
> = {
  row: (size) => upTo(size).flatMap((i) => upTo(size - i).map((k) => [i, i + k])),
  col: (size) => upTo(size).flatMap((j) => upTo(j + 1).map((i) => [i, j])),
  diagFirst: (size) => [
    ...upTo(size).map((i): Place => [i, i]),
    ...upTo(size).flatMap((j) => upTo(j).map((i): Place => [i, j])),
  ],
};

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
