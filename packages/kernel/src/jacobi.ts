/** The eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** The eigenvalues, in descending order. */
  readonly values: Float64Array;
  /** A row for each eigenvector, in the same order. */
  readonly vectors: Float64Array;
}

/** Sweeps after which it has converged, or never will. */
const MOST_SWEEPS = 50;

/** The spacing of numbers in double precision at 1. */
const EPSILON = 2 ** -52;

/**
 * The eigenvalues and eigenvectors of x xᵀ in double precision, for a matrix x
 * of `rows` × `columns`: as many as the lesser of both.
 *
 * Those of the smaller of x xᵀ and xᵀ x are found, which are the same but for
 * zeros. What is 0 within rounding is 0, with a vector of zeros. A number in x
 * that is none or infinite makes all NaN.
 */
export function gramEigen(
  x: ArrayLike<number>,
  rows: number,
  columns: number,
): SymmetricEigen {
  const isWide = rows <= columns;
  const rank = Math.min(rows, columns);
  const inner = Math.max(rows, columns);
  const at = (i: number, k: number) =>
    isWide ? x[i * columns + k] : x[k * columns + i];
  const gram = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += at(i, k) * at(j, k);
      gram[i * rank + j] = gram[j * rank + i] = sum;
    }
  }
  const { values, vectors } = jacobi(gram, rank);
  const lifted = new Float64Array(rank * rows);
  for (let r = 0; r < rank; r++) {
    if (values[r] <= inner * EPSILON * values[0]) {
      values[r] = 0;
      continue;
    }
    for (let i = 0; i < rows; i++) {
      if (isWide) {
        lifted[r * rows + i] = vectors[r * rank + i];
        continue;
      }
      let sum = 0;
      for (let k = 0; k < columns; k++) {
        sum += x[i * columns + k] * vectors[r * rank + k];
      }
      lifted[r * rows + i] = sum / Math.sqrt(values[r]);
    }
  }
  return { values, vectors: lifted };
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, by rotations that
 * make its elements off the diagonal vanish one after the other, until all are
 * 0 within rounding.
 */
export function jacobi(matrix: Float64Array, size: number): SymmetricEigen {
  const a = matrix.slice();
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  if (!a.every(Number.isFinite)) {
    return { values: new Float64Array(size).fill(NaN), vectors: a.fill(NaN) };
  }
  const norm = Math.hypot(...diagonal(a, size).map(Math.abs));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const [app, aqq, apq] = [
          a[p * size + p],
          a[q * size + q],
          a[p * size + q],
        ];
        const least = EPSILON *
          Math.max(Math.sqrt(Math.abs(app * aqq)), norm / size);
        if (Math.abs(apq) <= least) continue;
        rotated = true;
        const tau = (aqq - app) / (2 * apq);
        const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
        const c = 1 / Math.hypot(1, t);
        const s = t * c;
        rotate(a, { size, p, q, c, s, step: 1 });
        rotate(a, { size, p, q, c, s, step: size });
        rotate(vectors, { size, p, q, c, s, step: 1 });
      }
    }
    if (!rotated) break;
  }
  return sorted(diagonal(a, size), vectors);
}

function diagonal(a: Float64Array, size: number): number[] {
  return Array.from({ length: size }, (_, i) => a[i * size + i]);
}

/** Rotates rows p and q (`step` 1), or columns (`step` the size). */
function rotate(
  a: Float64Array,
  { size, p, q, c, s, step }: {
    readonly size: number;
    readonly p: number;
    readonly q: number;
    readonly c: number;
    readonly s: number;
    readonly step: number;
  },
): void {
  const line = step === 1 ? size : 1;
  for (let k = 0; k < size; k++) {
    const [i, j] = [p * line + k * step, q * line + k * step];
    const [x, y] = [a[i], a[j]];
    a[i] = c * x - s * y;
    a[j] = s * x + c * y;
  }
}

function sorted(values: readonly number[], vectors: Float64Array) {
  const size = values.length;
  const order = values.map((_, i) => i).sort((i, j) => values[j] - values[i]);
  const moved = new Float64Array(size * size);
  for (const [to, from] of order.entries()) {
    moved.set(vectors.subarray(from * size, (from + 1) * size), to * size);
  }
  return {
    values: Float64Array.from(order, (i) => values[i]),
    vectors: moved,
  };
}
