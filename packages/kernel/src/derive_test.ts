import { assert, assertEquals } from "@std/assert";
import { detach, select, withGradientOf } from "./expression.ts";
import { formatExpression } from "./traverse.ts";
import { programsOf } from "./derive.ts";
import type { Program } from "./program.ts";
import {
  type Formula,
  type KernelLeaves,
  windowKernel,
} from "./window_kernel.ts";

/** What a program writes, as text by name. */
function texts({ outputs }: Program): Record<string, string> {
  return Object.fromEntries(
    outputs.map(({ name, value }) => [name, formatExpression(value)]),
  );
}

function derive(formula: Formula, leaves?: KernelLeaves) {
  return programsOf(windowKernel("k", ["x"], formula, leaves));
}

Deno.test("programs are derived once for each kernel", () => {
  const kernel = windowKernel("k", ["x"], ({ x }, fold) => fold.sum(x));
  assert(programsOf(kernel) === programsOf(kernel));
});

Deno.test("training keeps the folds that a gradient reads, and no others", () => {
  const { infer, train } = derive(({ x }, fold) => ({
    y: fold.max(x),
    mean: fold.mean(x),
  }));
  assertEquals(Object.keys(texts(infer)), ["y", "mean"]);
  const kept = texts(train);
  assertEquals(Object.keys(kept), ["y", "mean", "saved_0"]);
  assertEquals(kept.saved_0, "argmax(x)");
});

Deno.test("an output that a gradient reads is not kept twice", () => {
  const { train, gradients: [gradient] } = derive(({ x }, fold) => ({
    y: fold.max(x),
    indices: fold.argmax(x),
  }));
  assertEquals(Object.keys(texts(train)), ["y", "indices"]);
  assertEquals(
    texts(gradient.program).gradient,
    "select(sameIndex(position, out_indices), dy_y, 0)",
  );
});

Deno.test("an output with a gradient of its own is not kept twice", () => {
  const { train, gradients: [gradient] } = derive(({ x }, fold) => {
    const y = fold.sum(x).sqrt();
    return withGradientOf(y, fold.sum(x).div(detach(y)));
  });
  assertEquals(Object.keys(texts(train)), ["y"]);
  assertEquals(texts(gradient.program).gradient, "div(dy_y, out_y)");
});

Deno.test("training keeps what is likely a constant instead of its folds", () => {
  const { train, gradients: [gradient] } = derive(({ x }, fold) => {
    const greatest = fold.max(x);
    const shift = detach(select(greatest.le(9).likely(), 0, greatest));
    return fold.sum(x.sub(shift).exp());
  });
  assertEquals(
    texts(train).saved_0,
    "select(likely(le(foldMax(x), 9)), 0, foldMax(x))",
  );
  assertEquals(
    texts(gradient.program).gradient,
    "mul(dy_y, exp(sub(x, saved_0)))",
  );
});

Deno.test("the gradient of an input is a gather without folds", () => {
  const { carry, gradients } = derive(({ x }, fold) => {
    const excess = x.sub(fold.mean(x));
    return fold.mean(excess.mul(excess));
  });
  const [{ of, role, program }] = gradients;
  assertEquals([of, role, program.kind], ["x", "input", "gather"]);
  assert(!texts(program).gradient.includes("sum("));
  // A sum of gradients over the window has to be known before the gather.
  assert(carry && Object.values(texts(carry)).join().includes("sum("));
});

Deno.test("parameters have gradients of their own kinds", () => {
  const { gradients } = derive(
    ({ x, theta, filter }, fold) => fold.sum(x.mul(filter)).mul(theta),
    { channels: ["theta"], taps: ["filter"] },
  );
  assertEquals(
    Object.fromEntries(gradients.map(({ of, role }) => [of, role])),
    { x: "input", theta: "channel", filter: "tap" },
  );
});

Deno.test("what a kernel does not read has no gradient", () => {
  const kernel = windowKernel("k", ["x", "z"], ({ x }, fold) => fold.sum(x));
  assertEquals(programsOf(kernel).gradients.map(({ of }) => of), ["x"]);
});
