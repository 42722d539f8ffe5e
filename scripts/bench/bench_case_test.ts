import { assert, assertEquals } from "@std/assert";
import { sizeOf } from "@rockpool/core";
import { loadOperator, type PoolingOp, validateOptions } from "@rockpool/core";
import { type Builtins, builtins } from "@rockpool/rockpool";
import {
  type BenchCase,
  callsOf,
  outputShape,
  spatialAxes,
} from "./bench_case.ts";
import { BENCH_CASES } from "./bench_cases.ts";
import { optionsOf } from "./rockpool_peer.ts";
import { dataOf } from "./bench_data.ts";

const example: BenchCase = {
  name: "example",
  op: "max",
  direction: "forward",
  shape: [2, 3, 7, 9],
  layout: "NCHW",
  place: { kind: "windows", kernelSize: 3, stride: 2, padding: 1 },
  target: 2,
};

/** Cases with inputs that take no time to make. */
const SMALL = BENCH_CASES.filter(({ shape }) => sizeOf(shape) < 400_000);

Deno.test("outputShape() pools the spatial axes of either layout", () => {
  assertEquals(outputShape(example), [2, 3, 4, 5]);
  assertEquals(
    outputShape({ ...example, shape: [2, 7, 9, 3], layout: "NHWC" }),
    [2, 4, 5, 3],
  );
});

Deno.test("outputShape() is what the operators give", async () => {
  for (const benchCase of SMALL) {
    const name = benchCase.op as keyof Builtins;
    const op = await loadOperator(builtins, name) as PoolingOp;
    const data = dataOf(benchCase);
    const options = validateOptions(op.options, optionsOf(benchCase, data));
    const shapes = Object.fromEntries(
      Object.entries(data.inputs).map(([name, { shape }]) => [name, shape]),
    );
    assertEquals(op.shape(shapes, options), outputShape(benchCase));
  }
});

Deno.test("spatialAxes() stand behind the channels or before them", () => {
  assertEquals(spatialAxes(example), [2, 3]);
  assertEquals(
    spatialAxes({ shape: [2, 4, 5, 6, 3], layout: "NHWC" }),
    [1, 2, 3],
  );
});

Deno.test("callsOf() asks for many calls of small inputs, for one of large", () => {
  assertEquals(callsOf({ shape: [1, 1, 2, 2] }), 100);
  assertEquals(callsOf({ shape: [1, 256, 20, 20] }), 3);
  assertEquals(callsOf({ shape: [8, 64, 112, 112] }), 1);
});

Deno.test("no two cases have the same name and direction", () => {
  const names = BENCH_CASES.map((it) => `${it.name} ${it.direction}`);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("dataOf() gives numbers of a range, the same each time", () => {
  const { inputs: { x }, dy } = dataOf(example);
  assertEquals(x.data, dataOf(example).inputs.x.data);
  assert(x.data.every((it) => it >= 0 && it <= 8));
  assert(x.data.some((it) => it < 1) && x.data.some((it) => it > 7));
  assert(dy.data.some((it) => it < 0) && dy.data.some((it) => it > 0));
  assertEquals(dy.shape, outputShape(example));
});

Deno.test("dataOf() makes no two numbers of a window equal", () => {
  const windows = BENCH_CASES.filter(({ op, direction, shape }) =>
    op === "max" && direction === "train" && sizeOf(shape) < 400_000
  );
  for (const benchCase of windows) {
    const { shape, data } = dataOf(benchCase).inputs.x;
    const [plane, step] = benchCase.layout === "NCHW"
      ? [shape[2] * shape[3], 1]
      : [data.length, shape[3]];
    for (let channel = 0; channel < 3; channel++) {
      const from = channel * (step === 1 ? plane : 1);
      const numbers = data.subarray(from, from + plane)
        .filter((_, i) => i % step === 0);
      assertEquals(new Set(numbers).size, numbers.length);
    }
  }
});

Deno.test("dataOf() unpools each value to a place of its own window", () => {
  const unpool: BenchCase = {
    ...example,
    op: "max-unpool",
    shape: [1, 2, 3, 4],
    place: { kind: "windows", kernelSize: 2, stride: 2, padding: 0 },
  };
  const { indices } = dataOf(unpool).inputs;
  const windows = [...indices.data].map((at) =>
    4 * Math.floor(at / 16) + Math.floor(at % 8 / 2)
  );
  const plane = Array.from({ length: 12 }, (_, i) => i);
  assertEquals(windows, [...plane, ...plane]);
});
