import { assertEquals } from "@std/assert";
import type { Backend, Layout, Tensor } from "@rockpool/core";
import {
  fold,
  interpreter,
  scatterKernel,
  slide,
  windowKernel,
} from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import { between, randomFrom, tiedTensor } from "./test_calls.ts";
import { gpuTest } from "./test_devices.ts";

/** Values at random places, some of them at the same one and some nowhere. */
async function scatterAndGradient(
  backend: Backend,
  layout: Layout,
): Promise<Tensor[]> {
  const random = randomFrom(3);
  const shapeOf = (spatial: number[]) =>
    layout === "NCHW" ? [3, 4, ...spatial] : [3, ...spatial, 4];
  const shape = shapeOf([5, 3]);
  const target = shapeOf([4, 6]);
  const indices = Int32Array.from(
    { length: 3 * 4 * 15 },
    () => between(random, -1, 23),
  );
  using session = backend.session({ mode: "train" });
  const values = session.upload(tiedTensor(random, shape));
  const places = session.upload({ shape, data: indices });
  const y = session.scatter([values, places], scatterKernel, {
    shape: target,
    axes: 2,
    layout,
  });
  const dy = session.upload(tiedTensor(random, target));
  const [gradient] = session.grad(y, dy, [values]);
  return await Promise.all([session.read(y), session.read(gradient)]);
}

for (const layout of ["NCHW", "NHWC"] as const) {
  gpuTest(`a scatter and its gradient are exact in ${layout}`, async (open) => {
    using backend = new Gpu(open);
    using oracle = interpreter();
    assertEquals(
      await scatterAndGradient(backend, layout),
      await scatterAndGradient(oracle, layout),
    );
  });
}

gpuTest(
  "an index that a kernel puts outside its plane is skipped",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session({ mode: "train" });
    const where = windowKernel("where", ["x"], ({ x }) => fold.argmax(x));
    const x = session.upload({
      shape: [1, 1, 4],
      data: Float32Array.of(0, 5, 6, 0),
    });
    const { y: indices } = session.window(
      where,
      { values: { x } },
      slide(x.shape, { axes: 1, kernelSize: 2 }),
    );
    const shape = [1, 1, 2];
    const values = session.upload({ shape, data: Float32Array.of(8, 9) });
    const placed = session.scatter([values, indices], scatterKernel, {
      shape,
      axes: 1,
      layout: "NCHW",
    });
    assertEquals([...(await session.read(indices)).data], [1, 2]);
    assertEquals([...(await session.read(placed)).data], [0, 8]);
    const [gradient] = session.grad(placed, values, [values]);
    assertEquals([...(await session.read(gradient)).data], [9, 0]);
  },
);
