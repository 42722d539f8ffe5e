import { benchOperator } from "@rockpool/conformance/bench";
import { covariance } from "./mod.ts";

const numIters = 5;

type Matrix = readonly Float32Array[];

/** A Bᵀ. */
function product(a: Matrix, b: Matrix): Float32Array[] {
  return a.map((row) =>
    Float32Array.from(b, (other) => {
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k] * other[k];
      return sum;
    })
  );
}

/** (3 I − A) / 2. */
function factorOf(a: Matrix): Float32Array[] {
  return a.map((row, i) => row.map((x, j) => ((i === j ? 3 : 0) - x) / 2));
}

/** Some iterations towards the root, by matrices that stay symmetric. */
function iteratedRoot(rows: Float32Array[]): Float32Array[] {
  const c = product(rows, rows);
  const trace = c.reduce((sum, row, i) => sum + row[i], 0);
  const normalized = c.map((row) => row.map((x) => x / trace));
  let inverse = factorOf(normalized);
  let root = product(normalized, inverse);
  for (let k = 1; k < numIters; k++) {
    const factor = factorOf(product(inverse, root));
    root = product(root, factor);
    if (k + 1 < numIters) inverse = product(factor, inverse);
  }
  return root.map((row) => row.map((x) => x * Math.sqrt(trace)));
}

await benchOperator(covariance, {
  options: { normalization: "isqrt", numIters },
  shape: [8, 64, 28, 28],
  plainLoop({ shape: [items, channels, height, width], data: x }) {
    const size = height * width;
    const y: number[] = [];
    for (let item = 0; item < items; item++) {
      const rows = Array.from({ length: channels }, (_, channel) => {
        const from = (item * channels + channel) * size;
        const row = x.subarray(from, from + size);
        const mean = row.reduce((sum, value) => sum + value, 0) / size;
        return row.map((value) => (value - mean) / Math.sqrt(size));
      });
      const root = iteratedRoot(rows);
      for (const [i, row] of root.entries()) y.push(...row.subarray(i));
    }
    return Float32Array.from(y);
  },
});
