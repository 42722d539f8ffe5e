import type { Backend } from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { generalizedMean } from "@rockpool/global-average/gem";
import { globalAverage } from "@rockpool/global-average";
import { localImportance } from "@rockpool/local-importance";
import { max } from "@rockpool/max";
import { roi } from "@rockpool/roi";
import { soft } from "@rockpool/soft";
import { stochastic } from "@rockpool/stochastic";
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  layers,
  type LayersModel,
  loadLayersModel,
  sequential,
} from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { poolLayer } from "../mod.ts";
import { assertNear, scrambled } from "./test_tensors.ts";

tf.env().set("IS_TEST", true);
await tf.setBackend("cpu");

const inputShape = [8, 8, 2];

/** A classifier of images with one of our layers in the middle. */
function classifier(pool: layers.Layer): LayersModel {
  const seed = 1;
  const kernelInitializer = () => ({
    className: "GlorotUniform",
    config: { seed },
  });
  const model = sequential({
    layers: [
      pool,
      layers.flatten(),
      layers.dense({
        units: 1,
        activation: "sigmoid",
        kernelInitializer: kernelInitializer() as never,
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.05), loss: "binaryCrossentropy" });
  return model;
}

/** Images with a bright spot in the left or in the right half. */
function spots(count: number): { x: tf.Tensor4D; y: tf.Tensor2D } {
  const x = new Float32Array(count * 128);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  labels.forEach((label, i) => {
    const [row, column] = [(i * 5) % 8, 4 * label + ((i * 3) % 4)];
    x[i * 128 + (row * 8 + column) * 2 + (i % 3 === 0 ? 1 : 0)] = 2;
  });
  return {
    x: tf.tensor4d(x, [count, 8, 8, 2]),
    y: tf.tensor2d(labels, [count, 1]),
  };
}

const trained: Record<string, (backend: Backend) => layers.Layer> = {
  soft: (backend) =>
    new (poolLayer(backend, soft))({ kernelSize: 2, inputShape }),
  "local-importance": (backend) =>
    new (poolLayer(backend, localImportance))({
      logit: "simplified",
      inputShape,
    }),
};
for (const [name, layer] of Object.entries(trained)) {
  Deno.test(`a model with a layer of ${name} trains, and is saved and loaded`, async () => {
    using backend = await cpu({ threads: 1 });
    const { numTensors } = tf.memory();
    const pool = layer(backend);
    const model = classifier(pool);
    const { x, y } = spots(24);
    const before = pool.getWeights().map((w) => w.dataSync().slice());
    const { history } = await model.fit(x, y, {
      epochs: 12,
      batchSize: 12,
      shuffle: false,
      verbose: 0,
    });
    const [first, last] = [history.loss[0], history.loss.at(-1)] as number[];
    assertEquals(last < 0.6 * first, true, `${first} fell to ${last} only`);
    const after = pool.getWeights().map((w) => w.dataSync());
    assertEquals(pool.trainableWeights.length, before.length);
    for (const [i, numbers] of before.entries()) {
      assertEquals(numbers.some((n, at) => n !== after[i][at]), true);
    }

    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(tf.io.withSaveHandler((artifacts) => {
      saved = structuredClone(artifacts);
      const modelArtifactsInfo = tf.io.getModelArtifactsInfoForJSON(artifacts);
      return Promise.resolve({ modelArtifactsInfo });
    }));
    const loaded = await loadLayersModel(
      tf.io.fromMemory(saved as tf.io.ModelArtifacts),
    );
    const outputs = [model, loaded].map((it) => it.predict(x) as tf.Tensor);
    await assertNear(outputs[1], outputs[0]);

    tf.dispose([x, y, ...outputs]);
    model.dispose();
    model.optimizer.dispose();
    loaded.dispose();
    assertEquals(tf.memory().numTensors, numTensors);
    assertEquals(backend.memory().live, 0);
  });
}

Deno.test("a layer knows its output's shape, of open lengths too", async () => {
  using backend = await cpu({ threads: 1 });
  const Max = poolLayer(backend, max);
  const layer = new Max({ kernelSize: 3, stride: 2, padding: 1 });
  assertEquals(layer.computeOutputShape([null, 9, 8, 5]), [null, 5, 4, 5]);
  assertEquals(layer.computeOutputShape([null, null, 8, 5]), [
    null,
    null,
    4,
    5,
  ]);
  assertEquals(layer.computeOutputShape([2, 9, 8, 5]), [2, 5, 4, 5]);

  const Global = poolLayer(backend, globalAverage);
  assertEquals(
    new Global({ flatten: true }).computeOutputShape([null, null, null, 7]),
    [null, 7],
  );
});

Deno.test("a layer's config makes the same layer", async () => {
  using backend = await cpu({ threads: 1 });
  const Roi = poolLayer(backend, roi);
  const rois = tf.tensor2d([0, 0, 0, 3, 1], [1, 5]);
  const layer = new Roi({ rois, outputSize: [2, 1], name: "regions", seed: 5 });
  const config = JSON.parse(JSON.stringify(layer.getConfig()));
  assertEquals(config.name, "regions");
  assertEquals(config.seed, 5);
  assertEquals(config.layout, "NHWC");
  const again = Roi.fromConfig(Roi, config);
  assertEquals(again.getConfig(), layer.getConfig());
  const x = scrambled([1, 4, 4, 2]);
  const [a, b] = [layer, again].map((it) => it.apply(x) as tf.Tensor);
  await assertNear(a, b);
  tf.dispose([rois, x, a, b]);
});

Deno.test("weights that training led out of their limits are set to the nearest", async () => {
  using backend = await cpu({ threads: 1 });
  const Gem = poolLayer(backend, generalizedMean);
  const layer = new Gem({ flatten: true, inputShape });
  tf.engine().startScope();
  const x = tf.add(scrambled([2, 8, 8, 2]), 0.5);
  layer.apply(x);
  layer.setWeights(layer.getWeights().map((p) => tf.fill(p.shape, -3)));
  const y = layer.apply(x) as tf.Tensor;
  const [p] = layer.getWeights();
  assertEquals(p.dataSync().every((p) => p > 0 && p < 1e-5), true);
  assertEquals(y.dataSync().every(Number.isFinite), true);
  tf.engine().endScope();
  layer.dispose();
});

Deno.test("in training each call draws anew, and a new layer draws the same", async () => {
  using backend = await cpu({ threads: 1 });
  const Stochastic = poolLayer(backend, stochastic);
  const x = tf.add(scrambled([1, 8, 8, 2]), 0.5);
  const calls = (seed: number) => {
    const layer = new Stochastic({ kernelSize: 4, seed });
    const call = (training: boolean) =>
      `${(layer.apply(x, { training }) as tf.Tensor).dataSync()}`;
    return [call(true), call(true), call(false), call(false)];
  };
  tf.engine().startScope();
  const [first, second, mean, again] = calls(0);
  assertEquals(new Set([first, second, mean]).size, 3);
  assertEquals(mean, again);
  assertEquals(calls(0), [first, second, mean, again]);
  assertEquals(calls(1)[0], second);
  tf.engine().endScope();
  x.dispose();
});

Deno.test("a layer of two inputs takes two tensors", async () => {
  using backend = await cpu({ threads: 1 });
  const Given = poolLayer(backend, localImportance);
  const layer = new Given({ kernelSize: 2, padding: 0 });
  const x = scrambled([1, 4, 4, 1]);
  const y = layer.apply([x, tf.zerosLike(x)]) as tf.Tensor;
  await assertNear(y, tf.avgPool(x, 2, 2, "valid"));
  assertThrows(
    () => layer.apply(x),
    TypeError,
    "Cannot run local-importance on 1 tensors: it needs x and logit",
  );
  tf.disposeVariables();
});

Deno.test("poolLayer() refuses an operator whose options are arguments of layers", async () => {
  using backend = await cpu({ threads: 1 });
  const named = {
    ...max,
    options: { ...max.options, name: { kind: "boolean", help: "" } },
  };
  assertThrows(
    () => poolLayer(backend, named as never),
    TypeError,
    "Cannot make layers of max: its option name is an argument of every layer",
  );
});
