import { assert, assertEquals } from "@std/assert";
import { loadOperator, type PoolingOp } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { GPU_CASES } from "./gpu_case.ts";

Deno.test("GPU_CASES have names of their own", () => {
  const names = GPU_CASES.map(({ name, direction }) => `${name} ${direction}`);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("GPU_CASES are work that the operators take", async () => {
  for (const { op, shape, options, layout } of GPU_CASES) {
    const operator = await loadOperator(builtins, op) as PoolingOp;
    const result = operator.shape(
      { x: shape },
      withDefaults(operator, options),
    );
    assertEquals(result[0], shape[0]);
    const channel = layout === "NCHW" ? 1 : 3;
    assertEquals(result[channel], shape[channel]);
  }
});

Deno.test("GPU_CASES have each case channels first and last", () => {
  const of = (layout: string) =>
    GPU_CASES.filter((one) => one.layout === layout).length;
  assert(of("NCHW") > 0);
  assertEquals(of("NCHW"), of("NHWC"));
});

function withDefaults(
  { options: rules }: PoolingOp,
  given: object,
): Record<string, unknown> {
  const defaults = Object.entries(rules).map(([name, rule]) =>
    [name, (rule as { default?: unknown }).default] as const
  );
  return { ...Object.fromEntries(defaults), ...given };
}
