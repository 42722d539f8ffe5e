import { assertEquals } from "@std/assert";
import { findScoreGaps } from "./check_score.ts";

const pkg = {
  name: "@a/one",
  version: "0.1.0",
  folder: "one",
  entryPoints: ["one/mod.ts", "one/more.ts"],
  specifiers: ["@a/one", "@a/one/more"],
  npm: {},
};
const files: Record<string, string> = {
  "one/README.md": "# One\n\n```ts\nconst a = 1;\n```\n",
  "one/deno.json": '{ "license": "MIT" }',
  "one/mod.ts": "/**\n * One.\n *\n * @module\n */\n",
  "one/more.ts": "#!/usr/bin/env node\n/**\n * More.\n *\n * @module\n */\n",
};

const gapsWith = (changed: Record<string, string | undefined>) =>
  findScoreGaps([pkg], (file) => ({ ...files, ...changed })[file]);

Deno.test("findScoreGaps() finds nothing in a complete package", () => {
  assertEquals(gapsWith({}), []);
});

Deno.test("findScoreGaps() names what a package lacks", () => {
  assertEquals(gapsWith({ "one/README.md": undefined }), [
    "@a/one has no README.md",
  ]);
  assertEquals(gapsWith({ "one/README.md": "# One\n" }), [
    "@a/one has no example in TypeScript in its README.md",
  ]);
  assertEquals(gapsWith({ "one/deno.json": "{}" }), [
    "@a/one has no license in deno.json",
  ]);
  assertEquals(
    gapsWith({ "one/more.ts": "/** More. */\n/** @module */\n" }),
    ["@a/one has no docstring with @module at the top of one/more.ts"],
  );
});
