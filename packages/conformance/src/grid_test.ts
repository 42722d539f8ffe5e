import { assert, assertEquals, assertThrows } from "@std/assert";
import type { OptionSpec } from "@rockpool/core";
import { slideOptions, slideShape } from "@rockpool/kernel";
import { makeGrid } from "./grid.ts";
import { inputsAlike, type TriedOp } from "./subject.ts";

/** An operator that only has a shape. */
function shaped(
  options: OptionSpec<Record<string, unknown>>,
  shape: TriedOp["shape"],
): TriedOp {
  return {
    name: "shaped",
    summary: "",
    category: "generic",
    options,
    inputs: ["x"],
    shape,
    forward: (_, { x }) => ({ y: x }),
  };
}

const sliding = shaped(
  slideOptions as OptionSpec<Record<string, unknown>>,
  ({ x }, options) => slideShape(x, options as { kernelSize: number }),
);

Deno.test("makeGrid() tries every two option values together that fit", () => {
  const cases = makeGrid(sliding, inputsAlike(sliding));
  const meets = (some: Record<string, unknown>) =>
    cases.some(({ options }) =>
      Object.entries(some).every(([name, value]) =>
        JSON.stringify(options[name]) === JSON.stringify(value)
      )
    );
  for (const kernelSize of [2, 3]) {
    for (const stride of [null, 1, 2, 3]) assert(meets({ kernelSize, stride }));
    for (const dilation of [1, 2, 3]) assert(meets({ kernelSize, dilation }));
    for (const padding of [0, 1]) assert(meets({ kernelSize, padding }));
    for (const layout of ["NCHW", "NHWC"]) {
      assert(meets({ kernelSize, layout }));
    }
    for (const axes of [1, undefined, 3]) assert(meets({ kernelSize, axes }));
  }
  for (const layout of ["NCHW", "NHWC"]) {
    for (const ceilMode of [true, false]) assert(meets({ layout, ceilMode }));
  }
});

Deno.test("makeGrid() tries every kind of data, one to three axes, with a batch and without", () => {
  const cases = makeGrid(sliding, inputsAlike(sliding));
  const kinds = new Set(cases.map(({ data }) => data));
  assertEquals([...kinds].sort(), ["non-finite", "spread", "ties"]);
  const ranks = new Set(
    cases.map(({ shape, options }) =>
      `${options.axes ?? 2} axes, rank ${shape.length}`
    ),
  );
  assertEquals(ranks.size, 6);
});

Deno.test("makeGrid() is the same each time", () => {
  assertEquals(
    makeGrid(sliding, inputsAlike(sliding)),
    makeGrid(sliding, inputsAlike(sliding)),
  );
});

Deno.test("makeGrid() has two axes for an operator that has no other", () => {
  const op = shaped({}, ({ x }) => x);
  const cases = makeGrid(op, inputsAlike(op));
  assert(cases.every(({ shape }) => shape.length === 3 || shape.length === 4));
});

Deno.test("makeGrid() wants a case that fits", () => {
  const op = shaped({}, () => {
    throw new RangeError("No input fits");
  });
  assertThrows(
    () => makeGrid(op, inputsAlike(op)),
    RangeError,
    "Cannot try shaped",
  );
});

Deno.test("makeGrid() does not hide what is no refusal", () => {
  const op = shaped({}, () => {
    throw new Error("A mistake");
  });
  assertThrows(() => makeGrid(op, inputsAlike(op)), Error, "A mistake");
});

Deno.test("makeGrid() has options completed that no rule gives values for", () => {
  const op = shaped(
    { windows: { kind: "tensor", help: "" } },
    ({ x }) => x,
  );
  assertThrows(() => makeGrid(op, inputsAlike(op)), RangeError);
  const cases = makeGrid(op, inputsAlike(op), (shape, options) => ({
    ...options,
    windows: { shape: [1], data: Float32Array.of(shape[0]) },
  }));
  assert(cases.length > 0);
  for (const { shape, options: { windows } } of cases) {
    const { data } = windows as { readonly data: Float32Array };
    assertEquals(data[0], shape[0]);
  }
});
