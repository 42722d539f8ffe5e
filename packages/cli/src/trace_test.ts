import type { AnyPoolingOp } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { chosenOperator } from "./operators.ts";
import { trace } from "./trace.ts";

function optionsOf(op: AnyPoolingOp, given: object): object {
  const defaults = Object.entries(op.options).map(
    ([name, rule]) => [name, (rule as { default?: unknown }).default],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

const x = { shape: [2, 3, 7, 6], dtype: "float32" as const };
const numbers = { shape: x.shape, data: new Float32Array(2 * 3 * 7 * 6) };

Deno.test("trace() gives outputs of the shapes and types of a real run", async () => {
  using session = interpreter().session();
  for (const name of ["average", "max", "soft"] as const) {
    const { op } = await chosenOperator([name], "run");
    const given = {
      kernelSize: 3,
      stride: 2,
      ...name === "max" ? { returnIndices: true } : {},
    };
    const options = optionsOf(op, given);
    const { results } = trace(op, { inputs: { x }, options, mode: "infer" });
    const real = session.run(op, { x: session.upload(numbers) }, { options });
    assertEquals(Object.keys(results), Object.keys(real));
    for (const output of Object.keys(real)) {
      assertEquals(results[output]?.shape, real[output]?.shape);
      assertEquals(results[output]?.dtype, real[output]?.dtype);
    }
  }
});

Deno.test("trace() collects the formulas that an operator evaluates", async () => {
  const { op: soft } = await chosenOperator(["soft"], "run");
  const { calls } = trace(soft, {
    inputs: { x },
    options: optionsOf(soft, {}),
    mode: "infer",
  });
  assertEquals(calls.map(({ kernel }) => kernel.name), ["soft"]);
  assertEquals(calls[0].geometry.outputShape, [2, 3, 3, 3]);

  const { op: unpool } = await chosenOperator(["max-unpool"], "run");
  const traced = trace(unpool, {
    inputs: { x, indices: { shape: x.shape, dtype: "int32" } },
    options: optionsOf(unpool, { kernelSize: 2 }),
    mode: "infer",
  });
  assertEquals(traced.calls, []);
  assertEquals(traced.results.y.shape, [2, 3, 14, 12]);
});

Deno.test("trace() refuses what does not fit", async () => {
  const { op: max } = await chosenOperator(["max"], "run");
  const options = optionsOf(max, { kernelSize: 9 });
  assertThrows(
    () => trace(max, { inputs: { x }, options, mode: "infer" }),
    RangeError,
    "Cannot pool an input of height 7",
  );
});
