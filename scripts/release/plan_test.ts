import { assertEquals } from "@std/assert";
import { type Candidate, nextVersion, planRelease } from "./plan.ts";

/** soft and cpu need core, all needs soft and cpu. */
const dependencies = new Map([
  ["core", []],
  ["soft", ["core"]],
  ["cpu", ["core"]],
  ["all", ["cpu", "soft"]],
]);
const ranges = { core: "^0.1.0", soft: "^0.1.0", cpu: "^0.1.0" };

function plan(
  messages: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>> = {},
  waiting: readonly string[] = [],
) {
  const candidates: Candidate[] = [...dependencies.keys()].reverse().map(
    (name) => ({
      name,
      version: versions[name] ?? "0.1.0",
      isReleased: !waiting.includes(name),
      commits: messages[name]
        ? [{ hash: "abc", message: messages[name], files: [] }]
        : [],
    }),
  );
  const { releases, ranges: changed } = planRelease({
    candidates,
    dependencies,
    ranges,
  });
  return {
    releases: releases.map(({ name, to }) => `${name} ${to}`),
    ranges: changed,
    full: releases,
  };
}

Deno.test("planRelease() leaves packages alone that did not change", () => {
  assertEquals(plan({}).releases, []);
  assertEquals(plan({ soft: "docs: more" }).releases, []);
});

Deno.test("a patch of one plugin touches no other package", () => {
  const { releases, ranges } = plan({ soft: "fix: NaN" });
  assertEquals(releases, ["soft 0.1.1"]);
  assertEquals(ranges, {});
});

Deno.test("below 1.0.0 a feature is in the range of dependents", () => {
  const { releases, ranges } = plan({ core: "feat: more" });
  assertEquals(releases, ["core 0.1.1"]);
  assertEquals(ranges, {});
});

Deno.test("what breaks is passed on to all dependents, in their order", () => {
  const { releases, ranges, full } = plan({ core: "feat!: other" });
  assertEquals(releases[0], "core 0.2.0");
  assertEquals(releases.slice(1, 3).sort(), ["cpu 0.2.0", "soft 0.2.0"]);
  assertEquals(releases[3], "all 0.2.0");
  assertEquals(ranges, { core: "^0.2.0", soft: "^0.2.0", cpu: "^0.2.0" });
  const all = full.find(({ name }) => name === "all")!;
  assertEquals(all.ranges, { cpu: "^0.2.0", soft: "^0.2.0" });
});

Deno.test("what breaks one plugin touches only what depends on it", () => {
  const { releases, ranges } = plan({ soft: "fix!: other" });
  assertEquals(releases, ["soft 0.2.0", "all 0.2.0"]);
  assertEquals(ranges, { soft: "^0.2.0" });
});

Deno.test("from 1.0.0 on versions follow the rules of semver", () => {
  assertEquals(nextVersion("1.2.3", "breaking"), "2.0.0");
  assertEquals(nextVersion("1.2.3", "feature"), "1.3.0");
  assertEquals(nextVersion("1.2.3", "fix"), "1.2.4");
  assertEquals(nextVersion("0.1.2", "breaking"), "0.2.0");
  assertEquals(nextVersion("0.1.2", "feature"), "0.1.3");
});

Deno.test("what is not released yet keeps its version", () => {
  const { releases } = plan({ soft: "feat!: x" }, { soft: "0.1.4" }, ["soft"]);
  assertEquals(releases, ["soft 0.1.4"]);
});
