import { assertEquals } from "@std/assert";
import { table } from "./table.ts";

Deno.test("table() aligns columns and leaves no space at the end", () => {
  assertEquals(table([["a", "bcd", ""], ["ef", "g"]]), "a   bcd\nef  g");
});
