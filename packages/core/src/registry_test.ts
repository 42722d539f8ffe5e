import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { defineRegistry, loadOperator, operatorNames } from "./registry.ts";

const registry = defineRegistry({
  soft: () => Promise.resolve({ default: "the soft operator" }),
  max: () => Promise.reject<{ default: string }>(new Error("not asked for")),
});

Deno.test("loadOperator() loads the operator of a name and no other", async () => {
  assertEquals(await loadOperator(registry, "soft"), "the soft operator");
});

Deno.test("loadOperator() suggests names near one that is missing", async () => {
  await assertRejects(
    () => loadOperator(registry, "sotf" as "soft"),
    RangeError,
    'There is no pooling operator "sotf": did you mean "soft"',
  );
});

Deno.test("loadOperator() finds no names of Object's prototype", async () => {
  await assertRejects(
    () => loadOperator(registry, "constructor" as "soft"),
    RangeError,
  );
});

Deno.test("operatorNames() is sorted", () => {
  assertEquals(operatorNames(registry), ["max", "soft"]);
});

Deno.test("defineRegistry() extends a registry and leaves it as it is", () => {
  const more = defineRegistry({
    ...registry,
    "my-pool": () => Promise.resolve({ default: "mine" }),
  });
  assertEquals(operatorNames(more), ["max", "my-pool", "soft"]);
  assertEquals(operatorNames(registry), ["max", "soft"]);
  assertThrows(() => Object.assign(registry, { more: 1 }), TypeError);
});

for (const name of ["Soft", "my_pool", "-soft", "soft-", "2d", ""]) {
  Deno.test(`defineRegistry() refuses the name "${name}"`, () => {
    assertThrows(
      () => defineRegistry({ [name]: registry.soft }),
      TypeError,
      `Cannot register "${name}"`,
    );
  });
}

Deno.test("defineRegistry() wants functions", () => {
  assertThrows(
    () => defineRegistry({ soft: {} as typeof registry.soft }),
    TypeError,
    'Cannot register "soft": it is object',
  );
});
