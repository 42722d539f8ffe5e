import { globSync } from "node:fs";
import { optionHeading, optionRows } from "@rockpool/cli/option-table";
import { loadOperator, operatorNames } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { assertEquals } from "@std/assert";
import { readRows } from "./option_table.ts";
import { ROOT } from "./workspace.ts";

const readmes = globSync("plugins/*/*/README.md", { cwd: ROOT })
  .map((path) => Deno.readTextFileSync(`${ROOT}${path}`))
  .join("\n");

for (const name of operatorNames(builtins) as (keyof typeof builtins)[]) {
  Deno.test(`the README of ${name} has the options as they are`, async () => {
    const { options } = await loadOperator(builtins, name);
    assertEquals(readRows(readmes, optionHeading(name)), optionRows(options));
  });
}

Deno.test("readRows() reads the table below a heading, not another", () => {
  const markdown =
    "# A\n\n| x |\n\n# B\n\n| a  | b |\n| -- | - |\n| `c` | |\n\n";
  assertEquals(readRows(markdown, "# B"), [["a", "b"], ["`c`", ""]]);
  assertEquals(readRows(markdown, "# C"), []);
});
