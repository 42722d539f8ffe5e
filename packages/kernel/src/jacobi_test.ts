import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gramEigen } from "./jacobi.ts";

/** Numbers in no order. */
function filled(size: number, phase: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => Math.sin(phase + i * i));
}

const cases: [what: string, x: number[], rows: number, columns: number][] = [
  ["a single number", [3], 1, 1],
  ["wide", [...filled(5 * 8, 1)], 5, 8],
  ["tall", [...filled(8 * 5, 2)], 8, 5],
  ["square", [...filled(36, 3)], 6, 6],
  ["of equal eigenvalues", [1, 1, 1, -1], 2, 2],
  ["of lower rank", [1, 2, 3, 2, 4, 6, 0, 0, 1], 3, 3],
  ["of zeros", [0, 0, 0, 0], 2, 2],
  ["of large and tiny singular values", [1e6, 0, 0, 1e-6], 2, 2],
];
for (const [what, x, rows, columns] of cases) {
  Deno.test(`gramEigen() of a matrix ${what} gives x xᵀ back`, () => {
    const { values, vectors } = gramEigen(x, rows, columns);
    const rank = Math.min(rows, columns);
    assertEquals([values.length, vectors.length], [rank, rank * rows]);
    assertEquals([...values], [...values].sort((a, b) => b - a));
    const scale = Math.max(1, values[0]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        let gram = 0;
        for (let k = 0; k < columns; k++) {
          gram += x[i * columns + k] * x[j * columns + k];
        }
        let sum = 0;
        for (let r = 0; r < rank; r++) {
          sum += values[r] * vectors[r * rows + i] * vectors[r * rows + j];
        }
        assertAlmostEquals(sum, gram, 1e-13 * scale);
      }
    }
    for (let r = 0; r < rank; r++) {
      for (let q = 0; q <= r; q++) {
        let product = 0;
        for (let i = 0; i < rows; i++) {
          product += vectors[r * rows + i] * vectors[q * rows + i];
        }
        const expected = r === q && values[r] > 0 ? 1 : 0;
        assertAlmostEquals(product, expected, 1e-10);
      }
    }
  });
}

Deno.test("gramEigen() has zeros where the rank is less", () => {
  const { values, vectors } = gramEigen([1, 2, 2, 4], 2, 2);
  assertAlmostEquals(values[0], 25, 1e-12);
  assertEquals([values[1], vectors[2], vectors[3]], [0, 0, 0]);
});

Deno.test("gramEigen() of what is no number is no number", () => {
  const { values, vectors } = gramEigen([1, NaN, 2, 3], 2, 2);
  assert([...values, ...vectors].every(Number.isNaN));
});
