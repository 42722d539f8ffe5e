import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CATEGORIES,
  PLUGIN_IMPORTS,
  pluginFiles,
  pluginNames,
  writeNewFolder,
} from "./new_plugin.ts";
import { testFolder } from "./test_folder.ts";

Deno.test("pluginNames() gives names for code", () => {
  assertEquals(pluginNames("log-sum-exp-2"), {
    name: "log-sum-exp-2",
    identifier: "logSumExp2",
    type: "LogSumExp2",
    title: "Log sum exp 2",
  });
});

Deno.test("pluginNames() steps aside for words that the code has", () => {
  assertEquals(pluginNames("switch").identifier, "switchPool");
  assertEquals(pluginNames("kernel").identifier, "kernelPool");
});

for (
  const name of ["", "My-pool", "my_pool", "-pool", "pool-", "2pool", "../a"]
) {
  Deno.test(`pluginNames() refuses "${name}"`, () => {
    assertThrows(
      () => pluginNames(name),
      RangeError,
      `Cannot name a plugin "${name}": lower-case words`,
    );
  });
}

Deno.test("a plugin asks for the versions that this repository has", async () => {
  const root = new URL("../../../deno.json", import.meta.url);
  const { imports } = JSON.parse(await Deno.readTextFile(root));
  for (const [name, constraint] of Object.entries(PLUGIN_IMPORTS)) {
    assertEquals(constraint, imports[name]);
  }
});

Deno.test("pluginFiles() has the same files for every category", () => {
  for (const category of CATEGORIES) {
    const choice = { name: "my-pool", scope: "me", category };
    for (const standsAlone of [true, false]) {
      assertEquals(
        Object.keys(pluginFiles({ ...choice, standsAlone })).sort(),
        ["README.md", "deno.json", "mod.ts", "mod_bench.ts", "mod_test.ts"],
      );
    }
  }
});

Deno.test("writeNewFolder() touches nothing that is there", async () => {
  await using folder = await testFolder();
  const made = folder.file("made");
  await writeNewFolder(made, { "a.txt": "one" });
  await assertRejects(
    () => writeNewFolder(made, { "a.txt": "two", "b.txt": "" }),
    RangeError,
    `Cannot make ${made}: it is there already`,
  );
  assertEquals([...Deno.readDirSync(made)].map(({ name }) => name), ["a.txt"]);
  assertEquals(Deno.readTextFileSync(`${made}/a.txt`), "one");
});
