import { assertEquals } from "@std/assert";
import { changeOf, greatestLevel } from "./commit.ts";

const change = (message: string) =>
  changeOf({ hash: "abc", message, files: [] });

Deno.test("changeOf() reads the level of conventional commits", () => {
  const cases = [
    ["feat(soft): a temperature", "feature", "a temperature"],
    ["fix: NaN", "fix", "NaN"],
    ["perf(cpu): less work", "fix", "less work"],
    ["refactor(core)!: other names", "breaking", "other names"],
    ["feat!: more", "breaking", "more"],
    [
      "fix: x\n\nWhy.\n\nBREAKING CHANGE: y is\nneeded\n\nMore",
      "breaking",
      "x: y is needed",
    ],
  ] as const;
  for (const [message, level, summary] of cases) {
    assertEquals(change(message), { level, summary, hash: "abc" });
  }
});

Deno.test("changeOf() passes over what no user notices", () => {
  for (const message of ["docs: more", "test(soft): one", "Merge x", "feat"]) {
    assertEquals(change(message), undefined);
  }
});

Deno.test("greatestLevel() is that which means most", () => {
  const of = (...levels: ("breaking" | "feature" | "fix")[]) =>
    greatestLevel(levels.map((level) => ({ level, summary: "", hash: "" })));
  assertEquals(of("fix", "feature"), "feature");
  assertEquals(of("fix", "breaking", "feature"), "breaking");
  assertEquals(of(), undefined);
});
