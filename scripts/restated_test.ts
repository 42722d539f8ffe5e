import {
  type AnyPoolingOp,
  type Backend,
  initialWeight,
  loadOperator,
  type Mode,
  operatorNames,
  type Shape,
  type Tensor,
  validateOptions,
} from "@rockpool/core";
import { backendTests, compare } from "@rockpool/conformance";
import { formula } from "@rockpool/formula";
import { builtins } from "@rockpool/rockpool";
import { assertEquals } from "@std/assert";
import { NOT_RESTATED, RESTATED, type Restated } from "./restated.ts";

/** Windows of every kind, none of them without elements. */
const WINDOWS: readonly Readonly<Record<string, unknown>>[] = [
  { kernelSize: 2, stride: 2, padding: 0 },
  { kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
  {
    kernelSize: [2, 3],
    stride: [1, 2],
    padding: [0, 1],
    dilation: [2, 1],
    layout: "NHWC",
  },
];

const SHAPE = { NCHW: [2, 3, 6, 9], NHWC: [2, 6, 9, 3] };

Deno.test("every built-in operator is a formula, or it is said why not", () => {
  const told = [
    ...RESTATED.map(({ operator }) => operator),
    ...Object.keys(NOT_RESTATED),
  ];
  assertEquals([...new Set(told)].sort(), [...operatorNames(builtins)].sort());
  for (const { operator } of RESTATED) {
    assertEquals(Object.hasOwn(NOT_RESTATED, operator), false, operator);
  }
});

backendTests("a formula")(
  "gives what the built-in operator gives",
  async (backend, test) => {
    for (const restated of RESTATED) {
      const { operator, options = {} } = restated;
      const loaded: object = await loadOperator(
        builtins,
        operator as keyof typeof builtins,
      );
      const name = `${operator} ${
        JSON.stringify(options)
      }: ${restated.formula}`;
      await test.step(name.replaceAll(/\s+/g, " "), async () => {
        await compareAll(loaded as AnyPoolingOp, restated, backend);
      });
    }
  },
);

async function compareAll(
  builtin: AnyPoolingOp,
  restated: Restated,
  backend: Backend,
): Promise<void> {
  const made: object = formula(restated.formula);
  const { global = false, windows = WINDOWS } = restated;
  const onGpu = backend.name === "gpu";
  // The interpreter is in double precision, and results are in single.
  const tolerance = backend.name === "interpreter"
    ? { rtol: 1e-6, atol: 1e-6 }
    : { rtol: 2e-4, atol: 2e-5 };
  const tried = global ? [{}, { layout: "NHWC" }] : windows;
  // A GPU by software is slow, and only what draws infers in another way.
  const draws = restated.formula.includes("training");
  const modes = onGpu && !draws ? ["train"] : ["train", "infer"];
  for (const window of onGpu ? tried.slice(-1) : tried) {
    const layout = window.layout === "NHWC" ? "NHWC" : "NCHW";
    const inputs = {
      x: numbers(SHAPE[layout], { seed: 1, positive: restated.positive }),
      logit: numbers(SHAPE[layout], { seed: 2 }),
    };
    for (const mode of modes as Mode[]) {
      const run = { backend, inputs, mode };
      const expected = await evaluate(builtin, {
        ...run,
        options: { ...window, ...restated.options },
      });
      const got = await evaluate(made as AnyPoolingOp, {
        ...run,
        options: {
          ...window,
          ...(global ? { kernelSize: [6, 9] } : {}),
          ...restated.parameters,
        },
      });
      assertEquals(Object.keys(got).sort(), Object.keys(expected).sort());
      for (const [name, want] of Object.entries(expected)) {
        // A weight may have an axis of length 1 more here or there.
        const same = { ...got[name], shape: want.shape };
        const { fault } = compare(same, want, tolerance);
        const where = `${name}, ${mode}, ${JSON.stringify(window)}`;
        assertEquals(fault, undefined, where);
      }
    }
  }
}

/** Numbers that all differ, of which neighbours have nothing in common. */
function numbers(
  shape: Shape,
  { seed, positive = false }: { seed: number; positive?: boolean },
): Tensor {
  const length = shape.reduce((product, axis) => product * axis, 1);
  const data = Float32Array.from({ length }, (_, at) => {
    const share = ((at * 7919 + seed * 104729) % length + 0.5) / length;
    return positive ? 0.1 + 3 * share : 6 * share - 3;
  });
  return { shape, data };
}

interface Run {
  readonly backend: Backend;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly mode: Mode;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The output of an operator and, in train mode, all gradients. */
async function evaluate(
  op: AnyPoolingOp,
  { backend, inputs: given, mode, options }: Run,
): Promise<Record<string, Tensor>> {
  using session = backend.session({ mode, seed: 5 });
  const upload = (tensors: Iterable<[string, Tensor]>) =>
    Object.fromEntries(
      [...tensors].map(([name, it]) => [name, session.upload(it)]),
    );
  const inputs = upload(op.inputs.map((name) => [name, given[name]]));
  const shapes = Object.fromEntries(
    op.inputs.map((name) => [name, given[name].shape]),
  );
  const specs =
    op.weights?.(shapes, validateOptions<object>(op.options, options)) ??
      {};
  const weights = upload(
    Object.entries(specs).map(([name, spec]) => {
      const { shape, data } = initialWeight(spec);
      // Off their initial values, which may be the same for all channels.
      const moved = data.map((value, at) => value + (at % 5) / 32);
      return [name, { shape, data: moved }];
    }),
  );
  const { y } = session.run(op, inputs, { options, weights });
  const read: Record<string, Tensor> = { y: await session.read(y) };
  if (mode === "train") {
    const dy = session.upload(numbers(y.shape, { seed: 3 }));
    const variables = { ...inputs, ...weights };
    const gradients = session.grad(y, dy, Object.values(variables));
    for (const [at, name] of Object.keys(variables).entries()) {
      read[`gradient of ${name}`] = await session.read(gradients[at]);
    }
  }
  return read;
}
