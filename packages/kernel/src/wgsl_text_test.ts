import { assertEquals } from "@std/assert";
import { difference, enclose, product, sum } from "./wgsl_text.ts";

Deno.test("enclose() adds parentheses around what is no word and no single call", () => {
  for (
    const one of [
      "x",
      "call.size",
      "1.5",
      "f(a, g(b))",
      "x[i + 1]",
      "vec4<f32>(a, b)",
    ]
  ) {
    assertEquals(enclose(one), one);
  }
  for (const more of ["-x", "a + b", "f(a) + g(b)", "(a) * (b)", "1e-7"]) {
    assertEquals(enclose(more), `(${more})`);
  }
});

Deno.test("product(), sum() and difference() leave out what changes nothing", () => {
  assertEquals(product("1", "a + b", "c"), "(a + b) * c");
  assertEquals(product("1", "1"), "1");
  assertEquals(sum("0", "a", "b"), "a + b");
  assertEquals(sum("0"), "0");
  assertEquals(difference("a", "0"), "a");
  assertEquals(difference("a", "b + c"), "a - (b + c)");
});
