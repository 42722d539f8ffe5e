import { type Shape, sizeOf, type Tensor } from "@rockpool/core";
import { matmulKernel } from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

/** What the operands are called, and their shapes. */
const products: readonly (readonly [name: string, a: Shape, b: Shape])[] = [
  ["2×2 by 2×2", [2, 2], [2, 2]],
  ["a convolution of 64 channels over 14×14", [64, 64], [1, 64, 196]],
  ["8 covariances of 256 channels over 14×14", [8, 256, 196], [8, 196, 256]],
  ["512×512 by 512×512", [512, 512], [512, 512]],
  ["a row by 4096×1024", [1, 4096], [4096, 1024]],
];

const backends = [await cpu({ threads: 1 }), await cpu()];

for (const [group, a, b] of products) {
  const tensors = [makeMatrix(a), makeMatrix(b)] as const;
  Deno.bench({
    name: `${group}: a plain loop`,
    group,
    baseline: true,
    fn: () => void plainLoop(...tensors),
  });
  for (const backend of backends) {
    const session = backend.session();
    const [left, right] = tensors.map((tensor) => session.upload(tensor));
    Deno.bench({
      name: `${group}: ${backend.info}`,
      group,
      fn: () => session.free(session.matmul([left, right], matmulKernel)),
    });
  }
}

addEventListener("unload", () => {
  for (const backend of backends) backend[Symbol.dispose]();
});

function makeMatrix(shape: Shape): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => Math.sin(index * index * 1e-3 + index),
  );
  return { shape, data };
}

/** Rows times columns; the left matrix is shared where it has no batch. */
function plainLoop(
  { shape: aShape, data: a }: Tensor<Float32Array>,
  { shape: bShape, data: b }: Tensor<Float32Array>,
): Float32Array {
  const [rows, inner] = aShape.slice(-2);
  const columns = bShape.at(-1)!;
  const batch = bShape.length === 3 ? bShape[0] : 1;
  const to = new Float32Array(batch * rows * columns);
  for (let n = 0, at = 0; n < batch; n++) {
    const left = aShape.length === 3 ? n * rows * inner : 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += a[left + i * inner + k] * b[(n * inner + k) * columns + j];
        }
        to[at] = sum;
      }
    }
  }
  return to;
}
