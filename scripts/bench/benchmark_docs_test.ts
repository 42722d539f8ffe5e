import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { describeMachine, replaceSection } from "./benchmark_docs.ts";

const before = "# Title\n\n<!-- written by deno task bench:peers -->\n";
const after = "<!-- end of what is written -->\n\nMore.\n";

Deno.test("replaceSection() replaces what stands between the marks", () => {
  const once = replaceSection(`${before}old\n${after}`, "new");
  assertEquals(once, `${before}\nnew\n\n${after}`);
  assertEquals(replaceSection(once, "new"), once);
});

Deno.test("replaceSection() refuses a document without marks", () => {
  assertThrows(() => replaceSection("# Title\n", "new"), Error, "marks");
  assertThrows(() => replaceSection(after + before, "new"), Error, "marks");
});

Deno.test("describeMachine() states the date only where it is given", () => {
  assertMatch(describeMachine({ date: "May 2026" }), /Deno .*, May 2026\.$/);
  assertMatch(describeMachine({}), /^\d+ × .*, Deno [\d.]+\.$/);
});
