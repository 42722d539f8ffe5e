import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Backend, Session } from "./backend.ts";
import type { PoolingOp } from "./op.ts";
import { makePool } from "./pool.ts";
import type { DType, Tensor, Value } from "./value.ts";

/** A value of the backend below. */
interface HostValue extends Value {
  readonly data: Tensor["data"];
}

/** Sums two tensors, weights the sum by a parameter; gives the sum too. */
const blend: PoolingOp<{ scale: number }, "a" | "b", "w", "y" | "sum"> = {
  name: "blend",
  summary: "",
  category: "generic",
  options: { scale: { kind: "number", help: "", default: 1 } },
  inputs: ["a", "b"],
  shape: ({ a }) => a,
  weights: () => ({ w: { shape: [1], initial: 1, help: "" } }),
  forward(_, { a, b }, { scale }, { w }) {
    const [x, z, [weight]] = [a, b, w].map((value) =>
      (value as HostValue).data
    );
    const sum = x.map((value, at) => value + z[at]);
    const y = sum.map((value) => value * weight * scale);
    const like = (data: Tensor["data"]) => ({ ...a, data });
    return { y: like(y), sum: like(sum) };
  },
};

/** A backend that keeps a log of what its sessions are asked for. */
function makeBackend(): { backend: Backend; log: string[] } {
  const log: string[] = [];
  const backend = {
    session: ({ seed = 0, mode = "infer" } = {}) => {
      log.push(`open ${seed} ${mode}`);
      return {
        upload: ({ shape, data }: Tensor): HostValue => ({
          shape,
          data,
          dtype: (data instanceof Int32Array ? "int32" : "float32") as DType,
        }),
        run: (op, inputs, { options, weights = {} } = {}) =>
          op.forward(
            undefined!,
            inputs,
            options as never,
            {
              w: { shape: [1], dtype: "float32", data: Float32Array.of(1) },
              ...weights,
            } as never,
          ),
        grad: (_y, dy, of) => {
          log.push(`differentiate by ${of.length}`);
          return of.map(({ shape }) => ({ ...dy, shape }));
        },
        read: (value: Value) => Promise.resolve(value as HostValue),
        [Symbol.dispose]: () => log.push("close"),
      } as Partial<Session> as Session;
    },
    [Symbol.dispose]: () => log.push("dispose of the backend"),
  } as Partial<Backend> as Backend;
  return { backend, log };
}

const a = { shape: [2], data: Float32Array.of(1, 2) };
const b = { shape: [2], data: Float32Array.of(10, 20) };

Deno.test("a pool gives y and runs in a session of its own", async () => {
  const { backend, log } = makeBackend();
  const pool = makePool(blend, { backend, options: { scale: 2 } });
  const y = await pool({ a, b }, { seed: 7 });
  assertEquals([...y.data], [22, 44]);
  assertEquals(log, ["open 7 infer", "close"]);
});

Deno.test("pool.outputs() gives all outputs, with the caller's weights", async () => {
  const pool = makePool(blend, { backend: makeBackend().backend });
  const weights = { w: { shape: [1], data: Float32Array.of(3) } };
  const { y, sum } = await pool.outputs({ a, b }, { weights });
  assertEquals([...y.data], [33, 66]);
  assertEquals([...sum.data], [11, 22]);
});

Deno.test("pool.gradients() trains, and differentiates by what is float32", async () => {
  const { backend, log } = makeBackend();
  const pool = makePool(blend, { backend });
  const indices = { shape: [2], data: Int32Array.of(1, 2) };
  const weights = { w: { shape: [1], data: Float32Array.of(3) } };
  const gradients = await pool.gradients({ a, b: indices }, a, { weights });
  assertEquals(Object.keys(gradients), ["a", "w"]);
  assertEquals(log, ["open 0 train", "differentiate by 2", "close"]);
});

Deno.test("a pool of one input takes a tensor without its name", async () => {
  const single: PoolingOp<object, "x"> = {
    ...blend,
    options: {},
    inputs: ["x"],
    shape: ({ x }) => x,
    weights: undefined,
    inputsFor: undefined,
    forward: (_, { x }) => ({ y: x }),
  };
  const pool = makePool(single, {
    backend: makeBackend().backend,
  });
  assertEquals(await pool(a), await pool({ x: a }));
});

Deno.test("a pool of two inputs wants them by name", async () => {
  const pool = makePool(blend, { backend: makeBackend().backend });
  await assertRejects(
    () => pool(a),
    TypeError,
    "Cannot run blend on one tensor: it needs a and b",
  );
});

Deno.test("a pool closes its session when a tensor is refused", async () => {
  const { backend, log } = makeBackend();
  const pool = makePool(blend, { backend });
  const wrong = { shape: [3], data: Float32Array.of(1, 2) };
  await assertRejects(() => pool({ a, b: wrong }), RangeError, '"b"');
  assertEquals(log.at(-1), "close");
});

Deno.test("makePool() checks the options before anything runs", () => {
  const { backend, log } = makeBackend();
  assertThrows(
    () => makePool(blend, { backend, options: { scale: NaN } }),
    RangeError,
  );
  assertEquals(log, []);
});

for (const ownsBackend of [true, false]) {
  Deno.test(`disposing of a pool ${ownsBackend ? "ends" : "keeps"} a backend that is ${ownsBackend ? "" : "not "}its own`, () => {
    const { backend, log } = makeBackend();
    {
      using pool = makePool(blend, { backend, ownsBackend });
      assert(pool.backend === backend);
    }
    assertEquals(log, ownsBackend ? ["dispose of the backend"] : []);
  });
}
