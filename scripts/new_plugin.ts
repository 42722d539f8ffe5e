/**
 * `deno task new-plugin my-pool --category generic`: a new operator in this
 * repository, made, formatted and registered.
 *
 * @module
 */
import { existsSync, globSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  pluginCategory,
  type PluginChoice,
  pluginFiles,
  pluginNames,
  writeNewFolder,
} from "@rockpool/cli/new-plugin";
import { deno } from "./deno.ts";
import {
  addToChoosing,
  addToConfig,
  addToReadme,
  addToRegistry,
} from "./register_plugin.ts";
import { ROOT } from "./workspace.ts";

/** What registers operators, and how one is added to it. */
const REGISTERS: Readonly<
  Record<string, (text: string, choice: PluginChoice) => string>
> = {
  "deno.json": addToConfig,
  "registry.ts": addToRegistry,
  "README.md": addToReadme,
  "docs/choosing-a-pooling.md": addToChoosing,
};

/**
 * Makes a plugin and registers it; gives the folder.
 *
 * @throws {RangeError} if the name or category is none or the plugin is there
 * already; nothing is written then
 */
export async function newPlugin(
  name: string,
  category: string,
): Promise<string> {
  const choice: PluginChoice = {
    name: pluginNames(name).name,
    category: pluginCategory(category),
    scope: "rockpool",
    standsAlone: false,
  };
  const [there] = [
    ...globSync(`plugins/*/${name}`, { cwd: ROOT }),
    ...existsSync(`${ROOT}packages/${name}`) ? [`packages/${name}`] : [],
  ];
  if (there !== undefined) {
    throw new RangeError(`Cannot make ${name}: ${there} is there already`);
  }
  const changed = Object.entries(REGISTERS).map(([path, add]) =>
    [path, add(Deno.readTextFileSync(ROOT + path), choice)] as const
  );
  const folder = `plugins/${category}/${name}`;
  await writeNewFolder(ROOT + folder, pluginFiles(choice));
  for (const [path, text] of changed) Deno.writeTextFileSync(ROOT + path, text);
  // Tables are aligned, and long lines broken, by the formatter.
  const paths = [...Object.keys(REGISTERS), folder];
  const { ok, stderr } = await deno(["fmt", "--quiet", ...paths]);
  if (!ok) throw new Error(`Cannot format ${folder}: ${stderr}`);
  return folder;
}

async function main(args: string[]): Promise<void> {
  const { positionals: [name, ...rest], values } = parseArgs({
    args,
    options: { category: { type: "string", default: "generic" } },
    allowPositionals: true,
  });
  if (name === undefined || rest.length > 0) {
    throw new RangeError(
      "One name is needed: deno task new-plugin my-pool --category generic",
    );
  }
  const folder = await newPlugin(name, values.category);
  console.log(
    `Made ${folder} and registered it in ${Object.keys(REGISTERS).join(", ")}

  deno test -A ${folder}        # must pass before and after you fill it in
  deno task rockpool info ${name}
  deno task ok                  # and commit deno.lock, too

Fill in mod.ts, mod_bench.ts, README.md and its row in
docs/choosing-a-pooling.md. Where its options change,
deno task rockpool info ${name} --markdown prints their table.`,
  );
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
