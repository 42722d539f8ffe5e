import { benchOperator } from "@rockpool/conformance/bench";
import type { Tensor } from "@rockpool/core";
import { generalizedMean, globalAverage } from "./mod.ts";

const shape = [8, 64, 112, 112];

/** A number for each plane, made of a sum over its elements. */
function overPlanes(
  { shape, data: x }: Tensor<Float32Array>,
  { term, finish }: {
    term: (x: number) => number;
    finish: (mean: number) => number;
  },
): Float32Array {
  const [items, channels, height, width] = shape;
  const size = height * width;
  return Float32Array.from({ length: items * channels }, (_, plane) => {
    let sum = 0;
    for (let i = plane * size; i < (plane + 1) * size; i++) sum += term(x[i]);
    return finish(sum / size);
  });
}

await benchOperator(globalAverage, {
  options: {},
  shape,
  plainLoop: (x) => overPlanes(x, { term: (x) => x, finish: (mean) => mean }),
});

await benchOperator(generalizedMean, {
  options: {},
  shape,
  plainLoop: (x) =>
    overPlanes(x, {
      term: (x) => Math.max(x, 1e-6) ** 3,
      finish: Math.cbrt,
    }),
});
