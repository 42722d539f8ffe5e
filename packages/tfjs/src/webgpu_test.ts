import { cpu } from "@rockpool/cpu";
import { anyAdapter, gpu, type GpuBackend } from "@rockpool/gpu";
import { max } from "@rockpool/max";
import { maxUnpool } from "@rockpool/max/unpool";
import { soft } from "@rockpool/soft";
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { poolOp } from "../mod.ts";
import { assertNear, scrambled } from "./test_tensors.ts";

tf.enableProdMode();
await tf.setBackend("cpu");
// The library registers one on a device of its own.
tf.removeBackend("webgpu");

/** A test on a device that both libraries share, by each implementation. */
function sharedTest(
  name: string,
  test: (backend: GpuBackend) => Promise<void>,
): void {
  for (const implementation of ["dawn", "navigator"] as const) {
    Deno.test({
      name: `${name} [${implementation}]`,
      ignore: Deno.env.get("ROCKPOOL_GPU") === "skip",
      async fn() {
        const adapter = await anyAdapter();
        using backend = await gpu({ adapter, implementation });
        const info = { architecture: "", vendor: "" } as GPUAdapterInfo;
        const opened = new WebGPUBackend(backend.device, info);
        tf.registerBackend("webgpu", () => opened);
        try {
          await tf.setBackend("webgpu");
          const { numTensors } = tf.memory();
          tf.engine().startScope();
          await test(backend);
          tf.engine().endScope();
          assertEquals(tf.memory().numTensors, numTensors);
          assertEquals(backend.memory().live, 0);
        } finally {
          await tf.setBackend("cpu");
          // Removing it would destroy the device, which the backend does.
          opened.dispose = () => {};
          tf.removeBackend("webgpu");
        }
      },
    });
  }
}

sharedTest(
  "max on a shared device has the values of tf.maxPool",
  async (backend) => {
    const pool = poolOp(backend, max, { kernelSize: 3, stride: 2, padding: 1 });
    const x = scrambled([2, 9, 8, 4]);
    // Of what was uploaded, and of what the device itself has computed.
    for (const input of [x, tf.mul(x, 2) as tf.Tensor4D]) {
      await assertNear(pool(input), tf.maxPool(input, 3, 2, 1, "floor"));
    }
    await assertNear(
      tf.add(pool(x), 1),
      tf.add(tf.maxPool(x, 3, 2, 1, "floor"), 1),
    );
  },
);

sharedTest(
  "many results are right while buffers are used anew",
  async (backend) => {
    const pool = poolOp(backend, max, { kernelSize: 2 });
    const outputs = Array.from(
      { length: 8 },
      (_, i) => pool(tf.fill([1, 8, 8, 4], i)),
    );
    for (const [i, y] of outputs.entries()) {
      assertEquals(new Set(await y.data()), new Set([i]));
    }
  },
);

sharedTest(
  "gradients on a shared device are those of the CPU",
  async (backend) => {
    const x = scrambled([1, 6, 6, 3]);
    const gradient = (backend: Parameters<typeof poolOp>[0]) => {
      const pool = poolOp(backend, soft, { kernelSize: 3, stride: 1 });
      return tf.grad((x) => tf.square(pool(x)))(x);
    };
    const shared = gradient(backend);
    using host = await cpu({ threads: 1 });
    const numbers = await x.data();
    await tf.setBackend("cpu");
    const onHost = tf.tidy(() => {
      const pool = poolOp(host, soft, { kernelSize: 3, stride: 1 });
      return tf.grad((x) => tf.square(pool(x)))(tf.tensor(numbers, x.shape));
    });
    await assertNear(shared, onHost);
    await tf.setBackend("webgpu");
  },
);

sharedTest(
  "outputs and inputs of int32 stay on the device",
  async (backend) => {
    const x = tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]);
    const { y, indices } = poolOp(backend, max, {
      kernelSize: 2,
      returnIndices: true,
    }).outputs(x);
    const unpool = poolOp(backend, maxUnpool, { kernelSize: 2 });
    assertEquals([...await unpool({ x: y, indices }).data()], [0, 4, 0, 0]);
  },
);

sharedTest("a backend on a device of its own is refused", async () => {
  const adapter = await anyAdapter();
  using other = await gpu({ adapter });
  const pool = poolOp(other, max, { kernelSize: 2 });
  assertThrows(
    () => pool(tf.zeros([1, 2, 2, 1])),
    TypeError,
    'TensorFlow.js runs on "webgpu" with another device, its WebGPU backend with the same device is needed',
  );
});
