import { makePool } from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { max } from "@rockpool/max";
import { soft } from "@rockpool/soft";
import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-wasm";
import { poolOp } from "../mod.ts";
import { numbersOf } from "./bridge.ts";
import { assertNear, scrambled } from "./test_tensors.ts";

// What a gradient saves is a copy on this backend, which its own search for
// leaks in tests takes for one.
tf.enableProdMode();
await tf.setBackend("wasm");

Deno.test("numbers in the WebAssembly memory of TensorFlow.js are read where they lie", () => {
  assertEquals(tf.getBackend(), "wasm");
  const x = scrambled([1, 4, 4, 1]);
  const view = numbersOf(x);
  const again = (tf.backend() as BackendWasm).typedArrayFromHeap(x);
  assertEquals(view.buffer === again.buffer, true);
  assertEquals(view.byteOffset, again.byteOffset);
  assertEquals([...view], [...x.dataSync()]);
  x.dispose();
});

Deno.test("max has the values of tf.maxPool on WebAssembly, and leaves nothing", async () => {
  using backend = await cpu({ threads: 1 });
  const pool = poolOp(backend, max, { kernelSize: 3, stride: 2, padding: 1 });
  const { numTensors, numDataBuffers } = tf.memory();
  tf.engine().startScope();
  const x = scrambled([2, 9, 8, 4]);
  await assertNear(pool(x), tf.maxPool(x, 3, 2, 1, "floor"));
  // Its output is a tensor as good as others.
  await assertNear(
    tf.add(pool(x), 1),
    tf.add(tf.maxPool(x, 3, 2, 1, "floor"), 1),
  );
  tf.engine().endScope();
  assertEquals(tf.memory().numTensors, numTensors);
  assertEquals(tf.memory().numDataBuffers, numDataBuffers);
  assertEquals(backend.memory().live, 0);
});

Deno.test("gradients on WebAssembly are those of Rockpool", async () => {
  using backend = await cpu({ threads: 1 });
  const options = { kernelSize: 2, layout: "NHWC" } as const;
  const x = scrambled([1, 4, 6, 3]);
  const pool = poolOp(backend, soft, options);
  const dx = tf.grad((x) => pool(x))(x);
  const y = pool(x);
  using known = makePool(soft, { backend, options });
  const gradients = await known.gradients(
    { shape: x.shape, data: numbersOf(x) },
    { shape: y.shape, data: new Float32Array(y.size).fill(1) },
  );
  assertEquals(dx.dataSync(), gradients.x.data);
  tf.dispose([x, y, dx]);
});

Deno.test("memory of TensorFlow.js may grow while an output is made", async () => {
  using backend = await cpu({ threads: 1 });
  const pool = poolOp(backend, max, { kernelSize: 1 });
  const x = tf.fill([1, 512, 512, 16], 3);
  const outputs = Array.from({ length: 3 }, () => pool(x));
  for (const y of outputs) {
    assertEquals(await tf.min(y).data(), Float32Array.of(3));
  }
  tf.dispose([x, ...outputs]);
  assertEquals(backend.memory().live, 0);
});
