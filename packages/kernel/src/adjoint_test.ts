import { sizeOf } from "@rockpool/core";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { adjoint } from "./adjoint.ts";
import {
  detach,
  type Expression,
  leaf,
  select,
  withGradientOf,
} from "./expression.ts";
import { formatExpression } from "./traverse.ts";
import { fold } from "./fold.ts";
import { type Geometry, windowSize } from "./geometry.ts";
import { interpreter, type InterpreterValue } from "./interpreter.ts";
import { slide } from "./slide.ts";
import { tables } from "./tables.ts";
import { randomWord, unitInterval } from "./threefry.ts";
import { type WindowKernel, windowKernel } from "./window_kernel.ts";

const x = leaf("element", "x");

const gradients: [what: string, y: Expression, expected: string][] = [
  ["a sum", fold.sum(x), "dy_y"],
  ["a square", fold.sum(x.mul(x)), "mul(add(x, x), dy_y)"],
  [
    "the greatest",
    fold.max(x),
    "select(sameIndex(position, argmax(x)), dy_y, 0)",
  ],
  ["what is detached", fold.sum(detach(x.exp())), "0"],
  ["a floor", fold.sum(x.floor()), "0"],
  ["an index", fold.argmax(x), "0"],
  ["a straight-through value", fold.sum(withGradientOf(x.floor(), x)), "dy_y"],
  [
    "a choice",
    fold.sum(select(x.lt(0), x, 0)),
    "select(lt(x, 0), dy_y, 0)",
  ],
  [
    "what cancels out",
    fold.sum(x.sub(fold.mean(x))),
    "add(dy_y, div(mul(count, neg(dy_y)), count))",
  ],
  [
    "an exponential reuses its value",
    fold.sum(x.exp()),
    "mul(dy_y, exp(x))",
  ],
];
for (const [what, y, expected] of gradients) {
  Deno.test(`the gradient of ${what} is ${expected}`, () => {
    assertEquals(formatExpression(adjoint({ y }).get("x")!), expected);
  });
}

/** One step of a random formula: an operation on results of earlier steps. */
type Step = readonly [operation: number, left: number, right: number];

/** Keeps a number between −1 and 1, smoothly. */
const squash = (a: Expression) => a.div(a.mul(a).add(1).sqrt());

/** Smooth, or smooth but for points that random numbers miss. */
const operations: ((a: Expression, b: Expression) => Expression)[] = [
  (a, b) => a.add(b),
  (a, b) => a.sub(b),
  (a, b) => squash(a).mul(b),
  (a, b) => a.div(b.mul(b).add(1)),
  (a) => squash(a).exp(),
  (a) => a.mul(a).add(1.5).log(),
  (a) => a.mul(a).add(1).sqrt(),
  (a, b) => squash(a).abs().add(0.5).pow(squash(b)),
  (a) => a.neg(),
  (a, b) => a.max(b),
  (a, b) => a.min(b),
  (a, b) => select(a.lt(b), a.mul(0.5), b),
  (a, b) => select(a.lt(0).or(b.ge(a)).not(), a, squash(b)),
  (a, b) => withGradientOf(a.add(b), a.add(b).mul(1)),
  (a) => fold.sum(a),
  (a) => fold.mean(a),
  (a) => a.level === "element" ? fold.max(a) : a,
  (a) => a.level === "element" ? fold.min(a) : a,
];

/** A kernel with two outputs, made of the last steps. */
function kernelOf(steps: readonly Step[]): WindowKernel {
  return windowKernel(
    "random",
    ["x", "z"],
    ({ x, z, theta, level, filter, share, scale }) => {
      const results = [x, z, theta, level, filter, share, scale];
      for (const [operation, left, right] of steps) {
        const pick = (index: number) => results[index % results.length];
        results.push(
          operations[operation % operations.length](pick(left), pick(right)),
        );
      }
      const [first, second] = results.slice(-2);
      return { y: fold.sum(squash(first)), other: fold.mean(second) };
    },
    {
      scalars: ["scale"],
      channels: ["theta"],
      planes: ["level"],
      taps: ["filter"],
      windows: ["share"],
    },
  );
}

const windows: Record<string, { axes: number; geometry: Geometry }> = {
  "overlapping windows": {
    axes: 2,
    geometry: slide([2, 2, 3, 4], {
      kernelSize: 2,
      stride: 1,
      padding: [[1, 0], [0, 1]],
    }),
  },
  "gaps between windows": {
    axes: 1,
    geometry: slide([2, 7], { kernelSize: 2, stride: 3 }),
  },
  "channels last and dilation": {
    axes: 2,
    geometry: slide([1, 5, 5, 2], {
      kernelSize: [2, 3],
      stride: [2, 1],
      dilation: 2,
      padding: 1,
      layout: "NHWC",
    }),
  },
  "tables for each item": {
    axes: 2,
    geometry: tables([2, 2, 4, 3], {
      tables: [
        { starts: [0, 1, 0, 3], counts: [2, 3, 1, 1] },
        { starts: [0, 1, 0, 0], counts: [2, 1, 3, 3] },
      ],
      per: "item",
    }),
  },
};

/** Where outputs of a random kernel meet again: gradients arrive at both. */
const join = windowKernel(
  "join",
  ["y", "other"],
  ({ y, other }, fold) => fold.sum(y.mul(other).add(other.mul(0.5))),
);

/** The shapes of what a random kernel reads. */
function shapesOf(geometry: Geometry): Record<string, readonly number[]> {
  const { inputShape, outputShape, items, channels } = geometry;
  return {
    x: inputShape,
    z: inputShape,
    theta: [channels],
    level: [items, channels],
    filter: [channels, windowSize(geometry)],
    share: outputShape,
  };
}

/** Numbers by the names of tensors. */
type Numbers = Readonly<Record<string, Float64Array>>;

/** Runs a kernel and the join; gives the loss and its gradients as doubles. */
function differentiate(
  kernel: WindowKernel,
  { axes, geometry }: { axes: number; geometry: Geometry },
  numbers: Numbers,
): { loss: number; gradients: Numbers } {
  using session = interpreter().session({ mode: "train" });
  const values: Record<string, InterpreterValue> = {};
  for (const [name, shape] of Object.entries(shapesOf(geometry))) {
    // An upload would round to float32; the memory itself is doubles.
    values[name] = session.empty(shape);
    values[name].data.set(numbers[name]);
  }
  const scalars = { scale: 0.75 };
  const { y, other } = session.window(kernel, { values, scalars }, geometry);
  const alone = slide(y.shape, {
    axes,
    kernelSize: 1,
    layout: geometry.layout,
  });
  const joined = session.window(join, { values: { y, other } }, alone)
    .y as InterpreterValue;
  const dy = session.empty(joined.shape);
  dy.data.set(joined.data.map((_, index) => Math.cos(index)));
  const walked = session.grad(joined, dy, Object.values(values));
  return {
    loss: joined.data.reduce((sum, a, index) => sum + a * dy.data[index], 0),
    gradients: Object.fromEntries(
      Object.keys(values).map((
        name,
        index,
      ) => [name, walked[index].data.slice()]),
    ),
  };
}

/** Numbers in (−1, 1) for each tensor, the same for the same seed. */
function randomNumbers(geometry: Geometry, seed: number): Numbers {
  return Object.fromEntries(
    Object.entries(shapesOf(geometry)).map(([name, shape], tensor) => [
      name,
      Float64Array.from({ length: sizeOf(shape) }, (_, index) => {
        const word = randomWord({ seed, stream: tensor }, 0, index);
        return 2 * unitInterval(word) - 1;
      }),
    ]),
  );
}

const STEP = 1e-5;

for (const [what, place] of Object.entries(windows)) {
  Deno.test(`gradients of random formulas are slopes, with ${what}`, () => {
    const step = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
    const steps = fc.array(step, { minLength: 2, maxLength: 12 });
    let varied = 0;
    fc.assert(
      fc.property(steps, fc.nat(1e6), (some, seed) => {
        const kernel = kernelOf(some);
        const at = randomNumbers(place.geometry, seed);
        const direction = randomNumbers(place.geometry, seed + 1);
        const moved = (distance: number): Numbers =>
          Object.fromEntries(
            Object.entries(at).map(([name, numbers]) => [
              name,
              numbers.map((n, i) => n + distance * direction[name][i]),
            ]),
          );
        const loss = (distance: number) =>
          differentiate(kernel, place, moved(distance)).loss;
        const slope = (loss(STEP) - loss(-STEP)) / (2 * STEP);
        let expected = 0;
        let scale = 1;
        const { gradients } = differentiate(kernel, place, at);
        for (const [name, gradient] of Object.entries(gradients)) {
          for (const [index, share] of gradient.entries()) {
            expected += share * direction[name][index];
            scale += Math.abs(share);
          }
        }
        if (scale > 1) varied += 1;
        assert(
          Math.abs(slope - expected) <= 1e-7 * scale,
          `${formatExpression(kernel.outputs.y)} and ${
            formatExpression(kernel.outputs.other)
          }: slope ${slope}, gradient ${expected}`,
        );
      }),
      { seed: 1, numRuns: 100 },
    );
    assert(varied > 70, `only ${varied} formulas had a gradient`);
  });
}
