/**
 * Compares products of matrices on the CPU to ONNX Runtime's in one run and
 * prints a table: `deno run -A scripts/bench_matmul.ts [--threads N] [--repeats N]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { table } from "@rockpool/cli/table";
import { type Session, type Shape, sizeOf, type Tensor } from "@rockpool/core";
import { matmulKernel } from "@rockpool/kernel";
import { cpu } from "@rockpool/cpu";
import { describeMachine } from "./bench/benchmark_docs.ts";
import { encodeOnnxModel } from "@rockpool/onnx/model";
import { sleep, takeTurn, timeInTurns, WARM_FOR } from "./bench/turns.ts";
import { largestDifference } from "./demo/measure.ts";

/** Shapes of the operands. */
const CASES: readonly (readonly [Shape, Shape])[] = [
  [[1, 2, 2], [1, 2, 2]],
  [[1, 64, 64], [1, 64, 196]],
  [[8, 64, 64], [8, 64, 196]],
  [[8, 256, 196], [8, 196, 256]],
  [[8, 196, 256], [8, 256, 196]],
  [[1, 512, 512], [1, 512, 512]],
];

/** The largest difference that rounding explains. */
const TOLERANCE = 1e-3;

/** Milliseconds of rest before each turn, and for a peer's threads to start. */
const REST = 5;

/** A product that is computed and given again and again. */
interface Multiplier extends AsyncDisposable {
  run(): Promise<void>;
  result(): Promise<Tensor>;
}

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    repeats: { type: "string", default: "60" },
    date: { type: "string" },
  },
});
const [threads, repeats] = [Number(values.threads), Number(values.repeats)];

console.log(`${describeMachine(values)} ${threads} threads\n`);
using backend = await cpu({ threads });
const rows = [["product", "ours, ms", "onnxruntime-node, ms", "ours / theirs"]];
for (const shapes of CASES) {
  const operands = shapes.map((shape) => ({
    shape,
    data: Float32Array.from(
      { length: sizeOf(shape) },
      (_, index) => Math.sin(index * index * 1e-3 + index),
    ),
  }));
  using session = backend.session();
  const ours = openOurs(session, operands);
  await checkAgreement(ours, operands);
  const [own, theirs] = await timeInTurns([
    { turn: (calls) => takeTurn(() => ours.run(), calls) },
    {
      // The peer's threads look for work between calls.
      async turn(calls) {
        await using peer = await openPeer(operands);
        await sleep(REST);
        return await takeTurn(() => peer.run(), calls);
      },
    },
  ], { repeats, rest: REST, warm: 2, warmFor: WARM_FOR, calls: 1 });
  const name = shapes.map((shape) => shape.join("×")).join(" · ");
  const times = [own, theirs].map((time) => time.toFixed(3));
  rows.push([name, ...times, `${(own / theirs).toFixed(2)}×`]);
}
console.log(table(rows));

function openOurs(
  session: Session,
  operands: readonly Tensor<Float32Array>[],
): Multiplier {
  const [a, b] = operands.map((tensor) => session.upload(tensor));
  return {
    // deno-lint-ignore require-await -- errors must reject
    async run() {
      session.free(session.matmul([a, b], matmulKernel));
    },
    result: () => session.read(session.matmul([a, b], matmulKernel)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** ONNX Runtime, which reads the operands from the caller's arrays. */
async function openPeer(
  [a, b]: readonly Tensor<Float32Array>[],
): Promise<Multiplier> {
  const shape = [...a.shape.slice(0, 2), b.shape[2]];
  const model = encodeOnnxModel({
    nodes: [{ op: "MatMul", inputs: ["a", "b"], output: "y" }],
    inputs: [{ name: "a", shape: a.shape }, { name: "b", shape: b.shape }],
    output: { name: "y", shape },
  });
  const session = await InferenceSession.create(model, {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const feeds = {
    a: new OnnxTensor("float32", a.data, a.shape),
    b: new OnnxTensor("float32", b.data, b.shape),
  };
  return {
    async run() {
      await session.run(feeds);
    },
    async result() {
      const { y } = await session.run(feeds);
      return { shape, data: y.data as Float32Array };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

/** @throws {Error} where the peer's result is another one */
async function checkAgreement(
  ours: Multiplier,
  operands: readonly Tensor<Float32Array>[],
): Promise<void> {
  await using peer = await openPeer(operands);
  const difference = largestDifference(
    await ours.result(),
    await peer.result(),
  );
  if (difference <= TOLERANCE) return;
  throw new Error(
    `Cannot time a product: the peer's result differs by ${difference}, at most ${TOLERANCE} is rounding`,
  );
}
