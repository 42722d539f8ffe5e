import { assertEquals, assertThrows } from "@std/assert";
import { type Expression, leaf } from "./expression.ts";
import { interpretWindow } from "./interpret_window.ts";
import {
  type Formula,
  type KernelLeaves,
  windowKernel,
} from "./window_kernel.ts";

Deno.test("windowKernel() calls a single output y", () => {
  const kernel = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));
  assertEquals(Object.keys(kernel.outputs), ["y"]);
});

Deno.test("a formula may fold over what it has folded", () => {
  const variance = windowKernel("variance", ["x"], ({ x }, fold) => {
    const excess = x.sub(fold.mean(x));
    return fold.mean(excess.mul(excess));
  });
  assertEquals(interpretWindow(variance, { x: [1, 2, 3, 6] }).y, 3.5);
});

Deno.test("a formula may read several inputs and give several outputs", () => {
  const kernel = windowKernel(
    "weighted",
    ["x", "w"],
    ({ x, w, scale }, fold) => ({
      total: fold.sum(x.mul(w)).mul(scale),
      at: fold.argmax(w),
    }),
    { scalars: ["scale"] },
  );
  assertEquals(
    interpretWindow(kernel, { x: [1, 2, 3], w: [1, 5, 0] }, { scale: 2 }),
    { total: 22, at: 1 },
  );
});

const identity: Formula = ({ x }, fold) => fold.sum(x);
const refused: {
  what: string;
  inputs?: string[];
  formula?: Formula;
  leaves?: KernelLeaves;
  message: string;
}[] = [
  {
    what: "an output that changes with the elements",
    formula: ({ x }) => x.exp(),
    message: "its output y = exp(x) changes with the elements of the window",
  },
  {
    what: "an output that mixes an element with a fold",
    formula: ({ x }, fold) => ({ z: x.sub(fold.max(x)) }),
    message: "its output z = sub(x, foldMax(x)) changes with the elements",
  },
  {
    what: "a condition as an output",
    formula: ({ x }, fold) => fold.sum(x).lt(0),
    message: "its output y is a condition",
  },
  {
    what: "a formula that gives nothing",
    formula: () => ({}),
    message: "it has no output",
  },
  {
    what: "an output that is no expression",
    formula: () => ({ y: 3 as unknown as Expression }),
    message: "its output y is number",
  },
  {
    what: "a name used twice",
    leaves: { channels: ["x"] },
    message: 'the name "x" is used twice',
  },
  {
    what: "a name with an underscore",
    inputs: ["x", "dy_y"],
    message: '"dy_y" is no name of letters and digits',
  },
  {
    what: "a kernel without inputs",
    inputs: [],
    formula: (_, fold) => fold.count(),
    message: "it has no input",
  },
  {
    what: "a leaf of another kernel",
    formula: (_, fold) => fold.sum(leaf("element", "q")),
    message: 'it reads "q", which is none of x',
  },
];
for (const { what, inputs, formula, leaves, message } of refused) {
  Deno.test(`windowKernel() refuses ${what}`, () => {
    assertThrows(
      () => windowKernel("k", inputs ?? ["x"], formula ?? identity, leaves),
      TypeError,
      `Cannot make kernel k: ${message}`,
    );
  });
}

for (const slot of [-1, 0.5, NaN, 2 ** 32]) {
  Deno.test(`windowKernel() draws from no slot ${slot}`, () => {
    assertThrows(
      () => windowKernel("k", ["x"], (_, __, it) => it.windowRandom(slot)),
      RangeError,
      `Cannot draw from slot ${slot}`,
    );
  });
}
