/**
 * `deno task size`: how many bytes a browser loads for one plugin and the CPU
 * backend, minified and gzipped, and of which modules most of them come. Exits
 * with 1 where a plugin takes more than it may.
 *
 * @module
 */
import { stop } from "esbuild";
import { table } from "@rockpool/cli/table";
import {
  measurePlugin,
  type PluginSize,
  sizeProblem,
} from "./size/plugin_size.ts";
import { readPackages } from "./workspace.ts";

/** Measures every entry point of every plugin. */
export async function measurePlugins(): Promise<PluginSize[]> {
  const plugins = readPackages().filter(({ folder }) =>
    folder.startsWith("plugins/")
  );
  const sizes: PluginSize[] = [];
  try {
    for (const plugin of plugins.flatMap(({ specifiers }) => specifiers)) {
      sizes.push(await measurePlugin(plugin));
    }
  } finally {
    await stop();
  }
  return sizes;
}

/**
 * What is wrong with the sizes of plugins, modules for the first one only; an
 * empty text if nothing is.
 */
export function sizeProblems(sizes: readonly PluginSize[]): string {
  const [first, ...more] = sizes.map(sizeProblem).filter(Boolean);
  return [first ?? "", ...more.map((it) => it.split("; ")[0])].join("\n")
    .trim();
}

/** Bytes before compression of each part of the repository and of npm. */
function bytesByPackage({ parts }: PluginSize): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { module, bytes } of parts) {
    const name = module.replace(/\/(src\/.*|[^/]*)$/, "");
    sums.set(name, (sums.get(name) ?? 0) + bytes);
  }
  return sums;
}

if (import.meta.main) {
  const sizes = await measurePlugins();
  console.log(table([
    ["plugin", "gzipped, bytes", "minified, bytes: the largest packages"],
    ...sizes.map((size) => [
      size.plugin,
      String(size.gzipped),
      [...bytesByPackage(size)].sort(([, a], [, b]) => b - a).slice(0, 5)
        .map(([name, bytes]) => `${name} ${bytes}`).join(", "),
    ]),
  ]));
  const problems = sizeProblems(sizes);
  if (problems) {
    console.error(`\n${problems}`);
    Deno.exit(1);
  }
}
