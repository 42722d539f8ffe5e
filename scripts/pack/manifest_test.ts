import { assertEquals, assertThrows } from "@std/assert";
import { completeManifest, describe } from "./manifest.ts";

const packed = {
  name: "@a/one",
  version: "0.1.0",
  dependencies: { watr: "^5.0.0" },
};
const facts = {
  dependencies: ["@a/core", "watr"],
  ranges: { "@a/core": "^0.1.0", watr: "^5.0.0", webgpu: "0.6.2" },
  description: "What it is",
  npm: {},
};

Deno.test("completeManifest() adds what is imported from the workspace", () => {
  assertEquals(completeManifest(packed, facts), {
    name: "@a/one",
    version: "0.1.0",
    dependencies: { "@a/core": "^0.1.0", watr: "^5.0.0" },
    description: "What it is",
    sideEffects: false,
    engines: { node: ">=20" },
  });
});

Deno.test("completeManifest() makes optional peers of what is loaded on demand", () => {
  const npm = { optionalPeers: ["webgpu"], bin: { one: "./bin.js" } };
  const manifest = completeManifest(packed, { ...facts, npm });
  assertEquals(manifest.bin, { one: "./bin.js" });
  assertEquals(manifest.peerDependencies, { webgpu: "0.6.2" });
  assertEquals(manifest.peerDependenciesMeta, { webgpu: { optional: true } });
  assertEquals(manifest.optionalPeers, undefined);
});

Deno.test("completeManifest() refuses what deno.json has no range of", () => {
  assertThrows(
    () => completeManifest(packed, { ...facts, dependencies: ["left-pad"] }),
    Error,
    "Cannot pack @a/one: it imports left-pad, which deno.json has no range of",
  );
});

Deno.test("describe() gives the first sentence below the title, without marks", () => {
  assertEquals(
    describe("# @a/one\n\nThe `one` of\n[all](x.md): it is. More.\n\nMore"),
    "The one of all: it is",
  );
  assertEquals(describe("# A\n\nWithout a stop\n"), "Without a stop");
  assertThrows(() => describe("# A\n\n## B\n\ntext"), Error, "no first line");
});
