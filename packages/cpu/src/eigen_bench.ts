import { type Shape, sizeOf, type Tensor } from "@rockpool/core";
import { eigenKernel, gramEigen } from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

const batches: readonly (readonly [name: string, shape: Shape])[] = [
  ["32 covariances of 16 channels over 14×14", [32, 16, 196]],
  ["8 covariances of 64 channels over 14×14", [8, 64, 196]],
  ["8 covariances of 512 channels over 7×7", [8, 512, 49]],
  ["a covariance of 256 channels over 28×28", [1, 256, 784]],
];

const backends = [await cpu({ threads: 1 }), await cpu()];

for (const [group, shape] of batches) {
  const tensor = makeMatrices(shape);
  Deno.bench({
    name: `${group}: Jacobi's method in JavaScript`,
    group,
    baseline: true,
    fn: () => jacobi(tensor),
  });
  for (const backend of backends) {
    const session = backend.session();
    const x = session.upload(tensor);
    Deno.bench({
      name: `${group}: ${backend.info}`,
      group,
      fn() {
        const { values, vectors } = session.eigen(x, eigenKernel);
        session.free(values);
        session.free(vectors);
      },
    });
  }
}

addEventListener("unload", () => {
  for (const backend of backends) backend[Symbol.dispose]();
});

function makeMatrices(shape: Shape): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => Math.sin(index * index * 1e-3 + index),
  );
  return { shape, data };
}

function jacobi({ shape, data }: Tensor<Float32Array>): void {
  const [batch, rows, columns] = shape;
  const size = rows * columns;
  for (let item = 0; item < batch; item++) {
    const x = data.subarray(item * size, (item + 1) * size);
    gramEigen(x, rows, columns);
  }
}
