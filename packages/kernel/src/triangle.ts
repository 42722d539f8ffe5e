import {
  type Context,
  formatShape,
  type OptionRule,
  type Value,
} from "@rockpool/core";
import type { SparseRows } from "./device.ts";
import { Recent } from "./recent.ts";
import { sparseSamples } from "./sparse_samples.ts";

/** Row by row, column by column, or the diagonal first and then columns. */
export type TriangleOrder = "row" | "col" | "diagFirst";

/** How the upper triangle of a symmetric matrix becomes a vector. */
export interface TriangleOptions {
  /** Row by row, column by column, or the diagonal first and then columns. */
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
    "a triangle row by row, column by column, or its diagonal first and then columns",
};

/** The rule for `offDiagScale`. */
export const offDiagScaleRule: OptionRule<number> = {
  kind: "number",
  above: 0,
  default: 1,
  help:
    "what elements of a triangle off the diagonal are multiplied by; with √2 distances are those of matrices",
};

/** The length of what {@linkcode triangle} gives. */
export function triangleLength(size: number): number {
  return (size * (size + 1)) / 2;
}

const known = new Recent<SparseRows>(16);

/**
 * The upper triangles of symmetric matrices, `[N, D, D]`, as vectors,
 * `[N, D (D + 1) / 2]`.
 *
 * Both (i, j) and (j, i) are read, half of each, so that the gradient of a
 * matrix is symmetric.
 *
 * @throws {RangeError} where there are no square matrices
 *
 * @example
 * ```ts
 * import { interpreter, triangle } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.of(1, 2, 2, 3);
 * const matrix = session.upload({ shape: [1, 2, 2], data });
 * const y = triangle(session, matrix, { order: "row", offDiagScale: 1 });
 * assertEquals([...(await session.read(y)).data], [1, 2, 3]);
 * ```
 */
export function triangle(
  cx: Context,
  matrices: Value,
  { order, offDiagScale }: TriangleOptions,
): Value {
  const { shape } = matrices;
  const [items, size, columns] = shape;
  if (shape.length !== 3 || size !== columns) {
    throw new RangeError(
      `Cannot take triangles of ${
        formatShape(shape)
      }: square matrices, [N, D, D], are needed`,
    );
  }
  const rows = known.get(
    `${size} ${order} ${offDiagScale}`,
    () => triangleRows(size, { order, offDiagScale }),
  );
  const length = triangleLength(size);
  const flat = cx.reshape(matrices, [items, 1, size * size]);
  const samples = sparseSamples(flat.shape, { rows, outputSize: [length] });
  return cx.reshape(cx.sample(flat, samples), [items, length]);
}

/** What each element of a triangle is the sum of. */
function triangleRows(
  size: number,
  { order, offDiagScale }: TriangleOptions,
): SparseRows {
  const offsets = new Int32Array(triangleLength(size) + 1);
  const entries = new Int32Array(size * size);
  const weights = new Float32Array(size * size);
  let row = 0;
  let at = 0;
  const add = (i: number, j: number) => {
    entries[at] = i * size + j;
    weights[at++] = i === j ? 1 : offDiagScale / 2;
    if (i !== j) {
      entries[at] = j * size + i;
      weights[at++] = offDiagScale / 2;
    }
    offsets[++row] = at;
  };
  if (order === "row") {
    for (let i = 0; i < size; i++) for (let j = i; j < size; j++) add(i, j);
  } else {
    const strict = order === "diagFirst" ? 1 : 0;
    for (let i = 0; i < strict * size; i++) add(i, i);
    for (let j = 0; j < size; j++) {
      for (let i = 0; i <= j - strict; i++) add(i, j);
    }
  }
  return { offsets, entries, weights };
}
