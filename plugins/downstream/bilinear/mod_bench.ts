import { benchOperator } from "@rockpool/conformance/bench";
import type { Tensor } from "@rockpool/core";
import { compactBilinear } from "./compact.ts";
import { grassmann } from "./grassmann.ts";
import { lowRankBilinear } from "./low_rank.ts";
import { bilinear } from "./mod.ts";
import { countSketch } from "./src/hashes.ts";

const [ITEMS, CHANNELS, SIDE] = [4, 128, 28];
const LOCATIONS = SIDE * SIDE;
const shape = [ITEMS, CHANNELS, SIDE, SIDE];

/** Σ x xᵀ of an item. */
function gram(x: Float32Array, item: number): Float64Array {
  const b = new Float64Array(CHANNELS * CHANNELS);
  for (let i = 0; i < CHANNELS; i++) {
    const row = (item * CHANNELS + i) * LOCATIONS;
    for (let j = 0; j < CHANNELS; j++) {
      const column = (item * CHANNELS + j) * LOCATIONS;
      let sum = 0;
      for (let l = 0; l < LOCATIONS; l++) sum += x[row + l] * x[column + l];
      b[i * CHANNELS + j] = sum;
    }
  }
  return b;
}

/** Signed roots, divided by their norm. */
function normalized(v: Float64Array): Float64Array {
  const roots = v.map((x) => Math.sign(x) * Math.sqrt(Math.abs(x)));
  const norm = Math.sqrt(roots.reduce((sum, root) => sum + root * root, 0));
  return roots.map((root) => root / norm);
}

function perItem(
  { data }: Tensor<Float32Array>,
  finish: (b: Float64Array) => Iterable<number>,
): Float32Array {
  const items = Array.from(
    { length: ITEMS },
    (_, item) => [...finish(gram(data, item))],
  );
  return Float32Array.from(items.flat());
}

await benchOperator(bilinear, {
  options: {},
  shape,
  plainLoop: (x) => perItem(x, normalized),
});

const outputDim = 8192;
const [first, second] = ([0, 1] as const).map((which) =>
  countSketch(CHANNELS, { buckets: outputDim, seed: 1, which })
);
await benchOperator(compactBilinear, {
  options: { outputDim },
  shape,
  plainLoop: (x) =>
    perItem(x, (b) => {
      const phi = new Float64Array(outputDim);
      for (let i = 0; i < CHANNELS; i++) {
        for (let j = 0; j < CHANNELS; j++) {
          phi[(first.buckets[i] + second.buckets[j]) % outputDim] +=
            first.signs[i] * second.signs[j] * b[i * CHANNELS + j];
        }
      }
      return normalized(phi);
    }),
});

const [CLASSES, RANK] = [100, 4];
const factors = Float64Array.from(
  { length: 2 * CLASSES * RANK * CHANNELS },
  (_, i) => Math.sin(i),
);
await benchOperator(lowRankBilinear, {
  options: { numClasses: CLASSES, rank: RANK },
  shape,
  plainLoop: (x) =>
    perItem(x, (b) => {
      const scores = new Float64Array(CLASSES);
      for (let row = 0; row < 2 * CLASSES * RANK; row++) {
        const u = factors.subarray(row * CHANNELS, (row + 1) * CHANNELS);
        let energy = 0;
        for (let i = 0; i < CHANNELS; i++) {
          let sum = 0;
          for (let j = 0; j < CHANNELS; j++) sum += b[i * CHANNELS + j] * u[j];
          energy += sum * u[i];
        }
        const group = Math.floor(row / RANK);
        scores[group % CLASSES] += group < CLASSES ? energy : -energy;
      }
      return scores;
    }),
});

await benchOperator(grassmann, {
  options: { k: 8 },
  shape,
  // Orthogonal iteration, which finds the leading vectors alone.
  plainLoop: (x) =>
    perItem(x, (b) => {
      const k = 8;
      const u = Float64Array.from(
        { length: CHANNELS * k },
        (_, i) => Math.sin(i * i + 1),
      );
      for (let turn = 0; turn < 100; turn++) {
        const next = new Float64Array(CHANNELS * k);
        for (let i = 0; i < CHANNELS; i++) {
          for (let j = 0; j < CHANNELS; j++) {
            for (let c = 0; c < k; c++) {
              next[i * k + c] += b[i * CHANNELS + j] * u[j * k + c];
            }
          }
        }
        u.set(orthonormal(next, k));
      }
      return u;
    }),
});

/** Columns, each made orthogonal to those before and of length 1. */
function orthonormal(u: Float64Array, k: number): Float64Array {
  for (let c = 0; c < k; c++) {
    for (let before = 0; before <= c; before++) {
      let product = 0;
      for (let i = 0; i < CHANNELS; i++) {
        product += u[i * k + c] * u[i * k + before];
      }
      for (let i = 0; i < CHANNELS; i++) {
        if (before < c) u[i * k + c] -= product * u[i * k + before];
        else u[i * k + c] /= Math.sqrt(product);
      }
    }
  }
  return u;
}
