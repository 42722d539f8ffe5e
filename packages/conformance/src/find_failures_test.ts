import {
  type Backend,
  type PoolingOp,
  type Session,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import {
  type Formula,
  interpreter,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";
import { assert, assertEquals } from "@std/assert";
import type { CheckName } from "./check.ts";
import { CHECKS } from "./checks.ts";
import type { SkippedPart, Skips } from "./skips.ts";
import { findFailures } from "./find_failures.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

/** What can be chosen of the operators below: little, for a small grid. */
type Options = Pick<SlideOptions, "kernelSize" | "stride">;

/** An operator over sliding windows, the sum of each by default. */
function makeOp(
  formula: Formula = ({ x }, fold) => fold.sum(x),
): PoolingOp<Options, "x", never, "y"> {
  const kernel = windowKernel("tried", ["x"], formula);
  return {
    name: "tried",
    summary: "",
    category: "generic",
    options: {
      kernelSize: slideOptions.kernelSize,
      stride: slideOptions.stride,
    },
    inputs: ["x"],
    shape: ({ x }, options) => slideShape(x, options),
    forward: (cx, { x }, options) => ({
      y: cx.window(kernel, { values: { x } }, slide(x.shape, options)).y,
    }),
  };
}

/** The interpreter with something about it changed. */
function spoilt(
  spoil: (session: Session, backend: Backend) => Partial<Session>,
): TestBackend {
  return {
    name: "spoilt",
    open() {
      const backend = interpreter();
      const open = backend.session.bind(backend);
      const session: Backend["session"] = (options) => {
        const opened = open(options);
        return Object.assign(opened, spoil(opened, backend));
      };
      return Promise.resolve(Object.assign(backend, { session }) as Backend);
    },
  };
}

/** A backend whose tensors are changed on the way back to the host. */
function spoiltReads(change: (tensor: Tensor) => Tensor): TestBackend {
  return spoilt((session) => {
    const read = session.read.bind(session);
    return { read: async (value: Value) => change(await read(value)) };
  });
}

/** Adds to the first number of a tensor. */
function shifted({ shape, data }: Tensor, by: number): Tensor {
  const changed = data.slice();
  if (changed.length > 0) changed[0] += by;
  return { shape, data: changed };
}

const large: SkippedPart = {
  where: ({ shape }) => sizeOf(shape) > 1000,
  reason: "it would take the interpreter seconds",
};
const LARGE: Skips = Object.fromEntries(
  Object.keys(CHECKS).map((check) => [check, large]),
);

/** The checks that fail for an operator on a backend. */
async function failingChecks(
  op = makeOp(),
  backend = testInterpreter,
  random = false,
): Promise<CheckName[]> {
  const failures = await findFailures(op, backend, { random, skip: LARGE });
  return [...new Set(failures.map(({ check }) => check))];
}

Deno.test("an operator that is right on a backend that is right has no failures", async () => {
  assertEquals(
    await findFailures(makeOp(), testInterpreter, { skip: LARGE }),
    [],
  );
});

Deno.test("a backend that computes something else does not agree", async () => {
  const backend = spoiltReads((tensor) => shifted(tensor, 0.01));
  assert((await failingChecks(makeOp(), backend)).includes("agreement"));
});

Deno.test("an index that is one too large does not agree", async () => {
  const op = makeOp(({ x }, fold) => ({ y: fold.sum(x), at: fold.argmax(x) }));
  const kernel = windowKernel("at", ["x"], ({ x }, fold) => ({
    y: fold.sum(x),
    at: fold.argmax(x),
  }));
  const withIndices: PoolingOp<Options, "x", never, "y" | "at"> = {
    ...op,
    forward: (cx, { x }, options) => {
      const windows = slide(x.shape, options);
      const { y, at } = cx.window(kernel, { values: { x } }, windows);
      return { y, at };
    },
  };
  const backend = spoiltReads((tensor) =>
    tensor.data instanceof Int32Array ? shifted(tensor, 1) : tensor
  );
  const failures = await findFailures(withIndices, backend, { skip: LARGE });
  assert(failures.some(({ message }) => message.startsWith("mode train, at:")));
});

Deno.test("a backend that gives other bits each time is found out", async () => {
  let times = 0;
  // Far less than the tolerance.
  const backend = spoiltReads((tensor) => shifted(tensor, times++ % 3 * 1e-6));
  const failing = await failingChecks(makeOp(), backend);
  assert(failing.includes("determinism") && !failing.includes("agreement"));
});

Deno.test("a twin that gives other bits is found out", async () => {
  const twin = spoiltReads((tensor) => shifted(tensor, 1e-6));
  const backend = { ...testInterpreter, openTwin: twin.open };
  assertEquals(await failingChecks(makeOp(), backend), ["determinism"]);
});

Deno.test("a gradient that is no slope is found out", async () => {
  const op = makeOp(({ x }, fold) => fold.sum(withGradientOf(x.mul(2), x)));
  assertEquals(await failingChecks(op), ["finiteDifferences"]);
});

const drawing: Formula = ({ x }, fold, { windowRandom }) =>
  fold.sum(x).mul(windowRandom(1).add(1));

Deno.test("random numbers must be declared", async () => {
  assertEquals(await failingChecks(makeOp(drawing)), ["seeds"]);
  assertEquals(
    await failingChecks(makeOp(drawing), testInterpreter, true),
    [],
  );
});

Deno.test("an operator that is declared random must be random", async () => {
  assertEquals(await failingChecks(makeOp(), testInterpreter, true), ["seeds"]);
});

Deno.test("a backend that draws its own random numbers is found out", async () => {
  const backend: TestBackend = {
    name: "own seed",
    open() {
      const inner = interpreter();
      const open = inner.session.bind(inner);
      const session: Backend["session"] = (options) =>
        open({ ...options, seed: 5 });
      return Promise.resolve(Object.assign(inner, { session }) as Backend);
    },
  };
  const failing = await failingChecks(makeOp(drawing), backend, true);
  assert(failing.includes("seeds"));
});

Deno.test("a backend with errors of its own is found out", async () => {
  const backend = spoilt((session) => {
    const run = session.run.bind(session) as (...given: unknown[]) => never;
    return {
      run: (...given: unknown[]) => {
        try {
          return run(...given);
        } catch {
          throw new Error("Something went wrong");
        }
      },
    };
  });
  assertEquals(await failingChecks(makeOp(), backend), ["badInput"]);
});

Deno.test("a backend that cannot take an empty batch is found out", async () => {
  const backend = spoiltReads((tensor) =>
    tensor.shape.includes(0) ? { ...tensor, shape: [0] } : tensor
  );
  assertEquals(await failingChecks(makeOp(), backend), ["emptyBatch"]);
});

Deno.test("a backend that leaks is found out", async () => {
  const backend: TestBackend = {
    name: "leaking",
    open() {
      const inner = interpreter();
      let bytes = 0;
      const memory = () => ({ live: bytes += 4, reserved: bytes });
      return Promise.resolve(Object.assign(inner, { memory }) as Backend);
    },
  };
  const failing = await failingChecks(makeOp(), backend);
  assert(failing.includes("memory"));
});

Deno.test("what is skipped has no failures", async () => {
  const backend = spoiltReads((tensor) => shifted(tensor, 1));
  const reason = "known";
  const failures = await findFailures(makeOp(), backend, {
    skip: {
      ...LARGE,
      agreement: [large, { where: ({ data }) => data === "ties", reason }],
      seeds: { backend: "spoilt", reason },
    },
  });
  const failing = new Set(failures.map(({ check }) => check));
  assert(failing.has("agreement") && !failing.has("seeds"));
  assert(
    failures.every(({ check, trial }) =>
      check !== "agreement" || !trial.includes("of ties")
    ),
  );
});
