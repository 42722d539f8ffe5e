import { assert } from "@std/assert";
import { CONTRACT } from "@rockpool/core";
import { satisfies } from "semver";
import { readPackages } from "../workspace.ts";

Deno.test("the contract is that of a version of core which this one includes", () => {
  const core = readPackages().find(({ name }) => name === "@rockpool/core")!;
  const both = `core ${core.version}, contract ${CONTRACT}`;
  assert(satisfies(core.version, `^${CONTRACT}`), both);
});
