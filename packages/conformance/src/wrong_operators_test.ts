import {
  type Backend,
  type Context,
  type PoolingOp,
  type Routine,
  type Session,
  sizeOf,
  type Value,
} from "@rockpool/core";
import {
  type Formula,
  interpreter,
  select,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  windowKernel,
} from "@rockpool/kernel";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CheckName } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { type ConformOptions, makeSubject } from "./conform_options.ts";
import { testCpu } from "./backends.ts";
import { describeFailure } from "./describe_failure.ts";
import { type Failure, findFailures } from "./find_failures.ts";
import type { Skips } from "./skips.ts";
import type { TriedOp } from "./subject.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

interface Options extends Pick<SlideOptions, "kernelSize" | "stride"> {
  readonly sharpness: number;
}

type Op = PoolingOp<Options, "x", never, "y">;

const mean: Formula = ({ x }, fold) => fold.sum(x).div(fold.count().max(1));

/** An operator that is right, with something about it changed. */
function opWith({ formula = mean, ...changes }: Partial<Op> & {
  formula?: Formula;
} = {}): Op {
  const kernel = windowKernel("tried", ["x"], formula, {
    scalars: ["sharpness"],
  });
  return {
    name: "tried",
    summary: "",
    category: "generic",
    options: {
      kernelSize: slideOptions.kernelSize,
      stride: slideOptions.stride,
      sharpness: { kind: "number", min: 1, max: 2, default: 1, help: "" },
    },
    inputs: ["x"],
    shape: ({ x }, options) => slideShape(x, options),
    forward: (cx, { x }, options) => {
      const { sharpness } = options;
      const bindings = { values: { x }, scalars: { sharpness } };
      return { y: cx.window(kernel, bindings, slide(x.shape, options)).y };
    },
    ...changes,
  };
}

const right = opWith();

/** Changes what the right operator does. */
function forwardWith(
  change: (cx: Context, x: Value, y: Value) => Value | void,
): Op {
  return opWith({
    forward(cx, inputs, options, weights) {
      const { y } = right.forward(cx, inputs, options, weights);
      return { y: change(cx, inputs.x, y) ?? y };
    },
  });
}

/** A value whose numbers are greater by some. */
function plus(cx: Context, y: Value, by: number): Value {
  const kernel = windowKernel(
    "plus",
    ["x"],
    ({ x, by }, fold) => fold.sum(x.add(by)),
    { scalars: ["by"] },
  );
  const bindings = { values: { x: y }, scalars: { by } };
  return cx.window(kernel, bindings, slide(y.shape, { kernelSize: 1 })).y;
}

/** The interpreter is slow: a few small cases tell enough. */
const FEW: Skips = Object.fromEntries(
  Object.keys(CHECKS).map((check) => [check, {
    where: ({ shape }: { shape: readonly number[] }) => sizeOf(shape) > 500,
    reason: "it would take long",
  }]),
);

function failuresOf(
  op: Op,
  options: ConformOptions = {},
  backend: TestBackend = testInterpreter,
): Promise<Failure[]> {
  return findFailures(op, backend, { skip: FEW, ...options });
}

/** Asserts that checks fail, each with words that say what is wrong. */
function assertFails(
  failures: readonly Failure[],
  expected: Partial<Record<CheckName, RegExp>>,
): void {
  const failing = new Set(failures.map(({ check }) => check));
  assertEquals([...failing].sort(), Object.keys(expected).sort());
  for (const [check, words] of Object.entries(expected)) {
    const messages = failures.filter((it) => it.check === check)
      .map(({ message }) => message);
    assert(
      messages.some((message) => words.test(message)),
      `${words} in:\n${messages.join("\n")}`,
    );
  }
}

Deno.test("conform() passes an operator that is right", async () => {
  assertFails(await failuresOf(right), {});
});

Deno.test("conform() tells that shape() is wrong, and the shape that it has", async () => {
  const wrong = opWith({
    shape: ({ x }, options) => {
      const [last, ...others] = slideShape(x, options).toReversed();
      return [last + 1, ...others].toReversed();
    },
  });
  assertFails(await failuresOf(wrong), {
    shapes: /^shape\(\) says 5×3×8, but y has shape 5×3×7$/,
  });
});

Deno.test("conform() tells that forward() refuses what shape() accepts", async () => {
  const picky = opWith({
    forward(cx, inputs, options, weights) {
      if (options.sharpness === 2) throw new RangeError("No sharpness of 2");
      return right.forward(cx, inputs, options, weights);
    },
  });
  const failures = await failuresOf(picky);
  assert(
    failures.some(({ check, message }) =>
      check === "shapes" &&
      /accepts these options, but forward\(\) does not: .*No sharpness/
        .test(message)
    ),
  );
});

Deno.test("conform() tells which element's gradient a routine has wrong", async () => {
  const wrong: Routine = {
    name: "identity",
    forward: (cx, [x]) => ({ y: plus(cx, x, 0), kept: [] }),
    // Twice what it should be.
    backward: (cx, { gradient }) => [
      twice(cx, gradient),
    ],
  };
  const op = forwardWith((cx, _, y) => cx.routine(wrong, [y]));
  assertFails(await failuresOf(op), {
    finiteDifferences:
      /^the gradient of x is (\S+) at \[\d+(, \d+)*\], where x is \S+: \S+ is expected there$/,
  });
});

Deno.test("conform() tells which tensor's gradient is NaN, and where", async () => {
  // The root of a variance that is 0 has no slope.
  const deviation: Formula = ({ x }, fold) => {
    const excess = x.sub(fold.mean(x));
    return fold.mean(excess.mul(excess)).sqrt();
  };
  const failures = await failuresOf(opWith({ formula: deviation }));
  assert(
    failures.some(({ check, message }) =>
      check === "finiteDifferences" &&
      /^the gradient of x is NaN at \[.*\], where x is \S+: a finite/
        .test(message)
    ),
  );
});

Deno.test("conform() tells that an operator is not deterministic", async () => {
  const op = forwardWith((cx, _, y) => plus(cx, y, Math.random()));
  const failures = await failuresOf(op);
  assertFails(
    failures.filter(({ check }) => check === "determinism"),
    { determinism: /^a second run gives other bits of y$/ },
  );
});

Deno.test("conform() tells that an operator ignores the seed", async () => {
  assertFails(await failuresOf(right, { random: true }), {
    seeds: /^y is the same for 27 seeds, but conform\(\) is told/,
  });
});

Deno.test("conform() tries the seed with every value of every option", async () => {
  // It draws under one of many values only.
  const draw: Formula = ({ x, sharpness }, fold, { windowRandom }) =>
    fold.sum(x).mul(select(sharpness.eq(2), windowRandom(1), 1));
  const failures = await failuresOf(opWith({ formula: draw }));
  assertFails(failures, { seeds: /^y changes with the seed/ });
});

Deno.test("conform() tells where NaN is dropped", async () => {
  const clipped: Formula = ({ x }, fold) =>
    fold.sum(select(x.gt(-100), x, -100));
  assertFails(await failuresOf(opWith({ formula: clipped })), {
    nan:
      /^x is NaN at \[0, 0, 0\], and y depends on it at \[0, 0, 0\], but is \S+ there: NaN is expected$/,
  });
});

Deno.test("conform() tells that an operator changes its input", async () => {
  const op = forwardWith((cx, x) => {
    const numbers = cx.peek(x);
    if (numbers && numbers.length > 0) numbers[0] += 1;
  });
  // The interpreter lets no one at its own numbers.
  const failures = await failuresOf(op, {}, testCpu);
  assertFails(
    failures.filter(({ check }) => check === "purity"),
    { purity: /^it changes the numbers of its input x$/ },
  );
});

Deno.test("conform() tells that an operator changes its options", async () => {
  const op = opWith({
    forward(cx, inputs, options, weights) {
      const { stride } = options;
      const results = right.forward(cx, inputs, options, weights);
      if (Array.isArray(stride)) stride.reverse();
      return results;
    },
  });
  const failures = await failuresOf(op);
  assertFails(
    failures.filter(({ check }) => check === "purity"),
    // A session gives it frozen lists.
    { purity: /^it throws TypeError: Cannot assign to read only property/ },
  );
});

Deno.test("conform() tells that a rule allows what gives no number", async () => {
  const op = opWith({
    formula: ({ x, sharpness }, fold) =>
      fold.mean(x.mul(sharpness).exp()).log().div(sharpness),
    options: {
      ...right.options,
      sharpness: { kind: "number", min: 0, max: 1, default: 1, help: "" },
    },
  });
  const { agreement, finiteDifferences } = FEW;
  const failures = await failuresOf(op, {
    skip: { agreement, finiteDifferences },
  });
  assertFails(
    failures.filter(({ trial }) => trial.startsWith("sharpness 0: ")),
    { extremes: /^y is NaN at \[0(, 0)+\], where no input is: a number is/ },
  );
});

Deno.test("conform() tells that an input without room for a window is accepted", async () => {
  const op = opWith({
    options: slideOptions as unknown as Op["options"],
    shape({ x }, options) {
      try {
        return slideShape(x, options);
      } catch {
        return [];
      }
    },
    forward(cx, { x }, options) {
      try {
        const kernel = windowKernel("mean", ["x"], mean);
        return {
          y: cx.window(kernel, { values: { x } }, slide(x.shape, options)).y,
        };
      } catch {
        return { y: x };
      }
    },
  });
  const failures = await failuresOf(op);
  assert(
    failures.some(({ check, message }) =>
      check === "badInput" &&
      message ===
        "option kernelSize 1000 is accepted: a RangeError or TypeError is needed"
    ),
  );
});

Deno.test("conform() tells where backends disagree", async () => {
  const other: TestBackend = {
    name: "other",
    open() {
      const backend = interpreter();
      return Promise.resolve(
        Object.assign(backend, { name: "other" }) as Backend,
      );
    },
  };
  const op = forwardWith((cx, _, y) =>
    plus(cx, y, (cx as Session).backend.name === "other" ? 1 : 0)
  );
  const failures = await failuresOf(op, {}, other);
  assertFails(
    failures.filter(({ check }) => check === "agreement"),
    {
      agreement:
        /^mode train, y: (\d+) of \1 numbers are wrong, the first at \[0, 0, 0\]: \S+ given, \S+ expected; the largest error is /,
    },
  );
});

Deno.test("describeFailure() says options, input and what to look for", () => {
  const op = opWith({ shape: () => [1] });
  const subject = makeSubject(op as unknown as TriedOp);
  const check = CHECKS.shapes;
  const [trial] = check.trials(subject);
  const text = describeFailure(subject, {
    check,
    trial,
    backend: "interpreter",
    faults: ["shape() says 1, but y has shape 2×3"],
  });
  assertEquals(text.split("\n").map((line) => line.slice(0, 11)), [
    "It does not",
    "  · shape()",
    "  options  ",
    "  input    ",
    "  see      ",
  ]);
  assertStringIncludes(
    text,
    "tried on interpreter has the shape that shape() says:",
  );
  assertStringIncludes(text, "kernelSize: ");
  assertStringIncludes(text, "x of shape ");
});

/** Twice a value. */
function twice(cx: Context, x: Value): Value {
  const kernel = windowKernel(
    "twice",
    ["x"],
    ({ x }, fold) => fold.sum(x.mul(2)),
  );
  return cx.window(
    kernel,
    { values: { x } },
    slide(x.shape, { kernelSize: 1 }),
  ).y;
}
