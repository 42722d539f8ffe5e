import { assertEquals } from "@std/assert";
import type { Tensor } from "@rockpool/core";
import { constant, select, slide, windowKernel } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import {
  randomCall,
  randomFrom,
  randomSlide,
  type TestCall,
} from "./test_calls.ts";
import { differences } from "./test_compare.ts";
import { gpuTest } from "./test_devices.ts";

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2.5, 3, 2e19];

/** Every pair of special values, one in each window. */
const pairs: Readonly<Record<string, Tensor>> = {
  a: row(special.flatMap((a) => special.map(() => a))),
  b: row(special.flatMap(() => special)),
};

function row(numbers: readonly number[]): Tensor {
  const data = Float32Array.from(numbers);
  return { shape: [1, 1, data.length], data };
}

const elementwise = windowKernel(
  "elementwise",
  ["a", "b"],
  ({ a, b }, fold) => {
    const number = (condition: typeof a) => select(condition, 1, 0);
    const results = {
      negated: a.neg(),
      absolute: a.abs(),
      sign: a.sign(),
      floor: a.floor(),
      root: a.sqrt(),
      exponential: a.exp(),
      logarithm: a.log(),
      sum: a.add(b),
      difference: a.sub(b),
      product: a.mul(b),
      quotient: a.div(b),
      power: a.abs().pow(b),
      greater: a.max(b),
      smaller: a.min(b),
      isNaN: number(a.isNaN()),
      isLess: number(a.lt(b)),
      isNotMore: number(a.le(b)),
      isMore: number(a.gt(b).not()),
      isEqual: number(a.eq(b).or(a.ge(b).and(b.ge(a)))),
      chosen: select(a.lt(b), a, b),
      fromConstants: constant(2).div(0).add(constant(-1).log()).add(a),
      fromInfinity: constant(-Infinity).max(a).min(constant(Infinity)),
      fromZero: a.div(constant(-0)),
    };
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, fold.max(result)]),
    );
  },
);

gpuTest(
  "operations treat NaN, infinities and zeros as the interpreter does",
  async (open) => {
    using backend = new Gpu(open);
    const call: TestCall = {
      name: "pairs of special values",
      kernel: elementwise,
      windows: slide(pairs.a.shape, { axes: 1, kernelSize: 1 }),
      tensors: pairs,
      mode: "infer",
      scalars: {},
    };
    assertEquals(await differences(backend, call), []);
  },
);

gpuTest(
  "folds treat NaN, infinities and ties as the interpreter does",
  async (open) => {
    using backend = new Gpu(open);
    const random = randomFrom(5);
    const kernel = windowKernel("folds", ["x"], ({ x }, fold) => ({
      greatest: fold.max(x),
      smallest: fold.min(x),
      first: fold.argmax(x),
      least: fold.argmin(x),
      sum: fold.sum(x),
    }));
    const faults: string[] = [];
    for (let round = 0; round < 12; round++) {
      const call = randomCall(random, kernel, randomSlide(random));
      const { data } = call.tensors.x;
      for (const at of data.keys()) {
        if (random() < 0.3) data[at] = special[Math.floor(random() * 5)];
      }
      faults.push(...await differences(backend, call));
    }
    assertEquals(faults, []);
  },
);

gpuTest("empty windows give what the interpreter gives", async (open) => {
  using backend = new Gpu(open);
  const kernel = windowKernel("empty", ["x"], ({ x }, fold) => ({
    greatest: fold.max(x),
    smallest: fold.min(x),
    first: fold.argmax(x),
    sum: fold.sum(x),
    count: fold.count().add(fold.count("padded")),
  }));
  // Positions −2 and 1 of an input of length 1: both are outside.
  const windows = slide([1, 1, 1], {
    axes: 1,
    kernelSize: 2,
    dilation: 3,
    padding: 2,
  });
  const tensors = { x: row([3]) };
  const call = { name: "outside", kernel, windows, tensors, scalars: {} };
  assertEquals(await differences(backend, call), []);
});
