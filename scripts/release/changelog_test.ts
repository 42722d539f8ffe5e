import { assertEquals } from "@std/assert";
import { addToChangelog } from "./changelog.ts";
import type { Release } from "./plan.ts";

const release: Release = {
  name: "@a/soft",
  from: "0.1.0",
  to: "0.2.0",
  level: "breaking",
  changes: [
    { level: "fix", summary: "NaN", hash: "a1" },
    { level: "breaking", summary: "other names", hash: "b2" },
    { level: "fix", summary: "faster", hash: "c3" },
  ],
  ranges: { "@a/core": "^0.2.0" },
};

Deno.test("addToChangelog() groups changes by what they mean", () => {
  const first = addToChangelog(undefined, release, { date: "2030-01-02" });
  assertEquals(
    first,
    `# Changes of @a/soft

## 0.2.0, 2030-01-02

### Breaking

- other names (b2)
- needs @a/core ^0.2.0

### Fixed and faster

- NaN (a1)
- faster (c3)
`,
  );
});

Deno.test("addToChangelog() puts a release above the earlier ones", () => {
  const earlier = addToChangelog(undefined, {
    ...release,
    to: "0.1.0",
    changes: [],
    ranges: {},
  }, { date: "2030-01-01" });
  assertEquals(
    earlier,
    "# Changes of @a/soft\n\n## 0.1.0, 2030-01-01\n\nThe first release.\n",
  );
  const both = addToChangelog(earlier, release, { date: "2030-01-02" });
  assertEquals(both.match(/^##? .*$/gm), [
    "# Changes of @a/soft",
    "## 0.2.0, 2030-01-02",
    "## 0.1.0, 2030-01-01",
  ]);
  assertEquals(both.includes("\n\n\n"), false);
});
