import { average } from "@rockpool/average";
import type { Backend } from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { interpreter } from "@rockpool/kernel";
import { max } from "@rockpool/max";
import { maxUnpool } from "@rockpool/max/unpool";
import { roi } from "@rockpool/roi";
import { soft } from "@rockpool/soft";
import { stochastic } from "@rockpool/stochastic";
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { poolOp } from "../mod.ts";
import { assertNear, scrambled } from "./test_tensors.ts";

// Without it the library advises another one for Node.
tf.env().set("IS_TEST", true);
await tf.setBackend("cpu");

/** Runs a test that must leave no tensors and no values behind. */
function cleanTest(
  name: string,
  test: (backend: Backend) => Promise<void> | void,
): void {
  Deno.test(name, async () => {
    using backend = await cpu({ threads: 1 });
    tf.engine().startScope();
    const { numTensors } = tf.memory();
    await test(backend);
    tf.engine().endScope();
    assertEquals(tf.memory().numTensors, numTensors);
    assertEquals(backend.memory().live, 0);
  });
}

const windows: [size: number, stride: number, pad: number][] = [
  [2, 2, 0],
  [3, 2, 1],
  [3, 1, 1],
  [5, 3, 2],
];
for (const [kernelSize, stride, padding] of windows) {
  const of = `${kernelSize}×${kernelSize}/${stride}, padding ${padding}`;

  cleanTest(
    `max ${of} has the values and gradients of tf.maxPool`,
    async (backend) => {
      const x = scrambled([2, 9, 10, 3]);
      const pool = poolOp(backend, max, { kernelSize, stride, padding });
      const known = (x: tf.Tensor) =>
        tf.maxPool(x as tf.Tensor4D, kernelSize, stride, padding, "floor");
      await assertNear(pool(x), known(x));
      const dy = scrambled(known(x).shape);
      await assertNear(tf.grad((x) => pool(x))(x, dy), tf.grad(known)(x, dy));
    },
  );

  cleanTest(
    `average ${of} has the values and gradients of tf.avgPool`,
    async (backend) => {
      const x = scrambled([2, 9, 10, 3]);
      const pool = poolOp(backend, average, {
        kernelSize,
        stride,
        padding,
        countIncludePad: false,
      });
      const known = (x: tf.Tensor) =>
        tf.avgPool(x as tf.Tensor4D, kernelSize, stride, padding, "floor");
      await assertNear(pool(x), known(x));
      // TensorFlow.js divides gradients at borders by whole windows.
      if (padding > 0) return;
      const dy = scrambled(known(x).shape);
      await assertNear(tf.grad((x) => pool(x))(x, dy), tf.grad(known)(x, dy));
    },
  );
}

cleanTest(
  "soft has the values and gradients of its composition",
  async (backend) => {
    const x = scrambled([1, 6, 6, 2]);
    const pool = poolOp(backend, soft, { kernelSize: 2 });
    const known = (x: tf.Tensor) => {
      const weight = tf.exp(x) as tf.Tensor4D;
      const sum = tf.avgPool(tf.mul(x, weight) as tf.Tensor4D, 2, 2, "valid");
      return tf.div(sum, tf.avgPool(weight, 2, 2, "valid"));
    };
    await assertNear(pool(x), known(x));
    const loss = (pool: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) =>
      tf.sum(tf.square(pool(x)));
    await assertNear(tf.grad(loss(pool))(x), tf.grad(loss(known))(x));
  },
);

// TensorFlow.js leaves what its tape kept where a gradient throws.
Deno.test("gradients of gradients are an error", async () => {
  using backend = await cpu({ threads: 1 });
  const x = scrambled([1, 6, 6, 2]);
  const pool = poolOp(backend, soft, { kernelSize: 2 });
  const gradient = (x: tf.Tensor) => tf.grad((x) => pool(x))(x);
  for (const alone of [true, false]) {
    const penalty = (x: tf.Tensor) => {
      const squares = tf.sum(tf.square(gradient(x)));
      return alone ? squares : tf.add(tf.sum(pool(x)), squares);
    };
    assertThrows(
      () => tf.tidy(() => tf.grad(penalty)(x)),
      TypeError,
      "there are no gradients of gradients",
    );
  }
});

cleanTest(
  "one and three spatial axes pool, and channels may come first",
  async (backend) => {
    const line = tf.tensor3d([1, 5, 2, 4], [1, 4, 1]);
    const ofLine = poolOp(backend, max, { kernelSize: [2] });
    assertEquals([...await ofLine(line).data()], [5, 4]);

    const cube = scrambled([1, 4, 4, 4, 2] as number[]);
    const ofCube = poolOp(backend, max, { kernelSize: [2, 2, 2] });
    await assertNear(
      ofCube(cube),
      tf.maxPool3d(cube as unknown as tf.Tensor5D, 2, 2, "valid"),
    );

    const planes = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]);
    const first = poolOp(backend, max, { kernelSize: [1, 2], layout: "NCHW" });
    assertEquals([...await first(planes).data()], [2, 4]);
  },
);

cleanTest("outputs() gives all outputs, int32 ones too", async (backend) => {
  const x = tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1]);
  const pool = poolOp(backend, max, { kernelSize: 2, returnIndices: true });
  const { y, indices } = pool.outputs(x);
  assertEquals([...await y.data()], [4]);
  assertEquals(indices.dtype, "int32");
  assertEquals([...await indices.data()], [1]);

  const unpool = poolOp(backend, maxUnpool, { kernelSize: 2 });
  assertEquals([...await unpool({ x: y, indices }).data()], [0, 4, 0, 0]);
  const dx = tf.grad((y) => unpool({ x: y, indices }))(
    y,
    tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]),
  );
  assertEquals([...await dx.data()], [2]);
});

cleanTest(
  "what is drawn in training is the same forward and backward",
  async (backend) => {
    const x = tf.add(scrambled([1, 8, 8, 2]), 0.5);
    const pool = poolOp(backend, stochastic, { kernelSize: 4 });
    const drawn = (seed: number) => pool(x, { training: true, seed });
    await assertNear(drawn(3), drawn(3));
    const chosen = tf.grad((x) => pool(x, { training: true, seed: 3 }))(x);
    // The gradient is 1 where an element was drawn: their sum is that of y.
    await assertNear(tf.sum(tf.mul(chosen, x)), tf.sum(drawn(3)));
    assertEquals([...await tf.sum(chosen).data()], [8]);

    const [a, b, mean] = [drawn(3), drawn(4), pool(x)]
      .map((y) => `${y.dataSync()}`);
    assertEquals(new Set([a, b, mean]).size, 3);
  },
);

cleanTest(
  "options that are tensors may be of TensorFlow.js",
  async (backend) => {
    const x = scrambled([1, 4, 4, 1]);
    const rois = tf.tensor2d([0, 0, 0, 1, 1], [1, 5]);
    const pool = poolOp(backend, roi, { rois, outputSize: 1 });
    const corner = tf.slice(x, [0, 0, 0, 0], [1, 2, 2, 1]);
    await assertNear(pool(x), tf.reshape(tf.max(corner), [1, 1, 1, 1]));
  },
);

cleanTest(
  "weights take gradients, and are initial where they are left out",
  async (backend) => {
    const { detailPreserving } = await import("@rockpool/detail-preserving");
    const x = scrambled([1, 4, 4, 2]);
    const pool = poolOp(backend, detailPreserving, { kernelSize: 2 });
    const specs = detailPreserving.weights?.(
      { x: x.shape },
      {
        ...Object.fromEntries(
          Object.entries(detailPreserving.options)
            .map(([name, rule]) => [name, rule.default]),
        ),
        kernelSize: 2,
        layout: "NHWC",
      } as never,
    ) ?? {};
    const names = Object.keys(specs);
    const weights = Object.fromEntries(
      Object.entries<
        { shape: readonly number[]; initial: number | Float32Array }
      >(specs)
        .map(([name, { shape, initial }]) => [
          name,
          typeof initial === "number"
            ? tf.fill([...shape], initial)
            : tf.tensor(initial, [...shape]),
        ]),
    );
    await assertNear(pool(x, { weights }), pool(x));
    const gradients = tf.grads((...given) =>
      pool(x, {
        weights: Object.fromEntries(names.map((n, i) => [n, given[i]])),
      })
    )(names.map((name) => weights[name]));
    assertEquals(gradients.length, names.length);
    for (const [i, name] of names.entries()) {
      assertEquals(gradients[i].shape, weights[name].shape);
      assertEquals(tf.max(tf.abs(gradients[i])).dataSync()[0] > 0, true);
    }
  },
);

cleanTest("inside tf.tidy() nothing is left, of an error either", (backend) => {
  const pool = poolOp(backend, max, { kernelSize: 3 });
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    tf.grad((x) => pool(x))(scrambled([1, 6, 6, 1]));
  });
  assertThrows(
    () => tf.tidy(() => pool(scrambled([1, 2, 2, 1]))),
    RangeError,
    "Cannot pool an input of height 2: kernelSize 3",
  );
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("poolOp() refuses what does not fit", async () => {
  using backend = await cpu({ threads: 1 });
  const pool = poolOp(backend, max, { kernelSize: 2 });
  const x = tf.zeros([1, 2, 2, 1]);
  assertThrows(
    () => poolOp(backend, max, { kernelSise: 2 } as never),
    TypeError,
    'Unknown option "kernelSise"',
  );
  assertThrows(
    () => pool(x, { trainig: true } as never),
    TypeError,
    'Cannot run max with "trainig": did you mean "training"',
  );
  assertThrows(
    () => pool({ x: [1, 2] as never }),
    TypeError,
    '"x" is object, a tensor of TensorFlow.js is needed',
  );
  assertThrows(
    () => pool(tf.cast(x, "bool")),
    TypeError,
    "Cannot pool a tensor of bool: float32 or int32 is needed",
  );
  assertThrows(
    () => poolOp(backend, maxUnpool, { kernelSize: 2 })(x),
    TypeError,
    "Cannot run max-unpool on one tensor: it needs x and indices",
  );
  x.dispose();
});

Deno.test("the interpreter gives what the CPU gives", async () => {
  using backend = await cpu({ threads: 1 });
  const x = scrambled([1, 5, 5, 2]);
  const [a, b] = [backend, interpreter()].map((backend) => {
    const pool = poolOp(backend, soft, { kernelSize: 3, stride: 1 });
    return tf.grad((x) => tf.square(pool(x)))(x);
  });
  await assertNear(a, b);
  tf.dispose([x, a, b]);
});
