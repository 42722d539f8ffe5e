import { cpu } from "@rockpool/cpu";
import { max } from "@rockpool/max";
import { soft } from "@rockpool/soft";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { poolOp } from "./mod.ts";

tf.enableProdMode();
await tf.setBackend("wasm");
const backend = await cpu();
const size = 8 * 112 * 112 * 64;
const x = tf.tensor4d(
  Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
  [8, 112, 112, 64],
);
const options = { kernelSize: 3, stride: 2, padding: 1 };
const ourMax = poolOp(backend, max, options);
const ourSoft = poolOp(backend, soft, options);

/** The known composition, with what TensorFlow.js has. */
function theirSoft(x: tf.Tensor4D): tf.Tensor {
  const weight = tf.exp(x);
  const pool = (x: tf.Tensor4D) => tf.avgPool(x, 3, 2, 1, "floor");
  return tf.div(pool(tf.mul(x, weight)), pool(weight));
}

const gradient = tf.grad((x) => ourSoft(x));
const groups: Record<string, Record<string, () => tf.Tensor>> = {
  "max 3×3/2": {
    "tf.maxPool on wasm": () => tf.maxPool(x, 3, 2, 1, "floor"),
    poolOp: () => ourMax(x),
  },
  "soft 3×3/2": {
    "composition on wasm": () => tf.tidy(() => theirSoft(x)),
    poolOp: () => ourSoft(x),
  },
  "gradient of soft 3×3/2": { poolOp: () => gradient(x) },
};
for (const [group, pools] of Object.entries(groups)) {
  for (const [name, pool] of Object.entries(pools)) {
    Deno.bench(`${group}, ${name}`, { group }, () => pool().dispose());
  }
}
