import type { Category } from "@rockpool/core";
import { slideOptions } from "@rockpool/kernel";
import { optionTable } from "./option_table.ts";
import { type PluginNames, pluginNames } from "./plugin_names.ts";
import { pluginModule } from "./plugin_module.ts";

/** What a new plugin is to be. */
export interface PluginChoice {
  /** Its name in registries: `my-pool`. */
  readonly name: string;
  /** Where it stands. */
  readonly category: Category;
  /** The scope of its package, `rockpool` inside the repository. */
  readonly scope: string;
  /** Whether it has a `deno.json` that needs no workspace around it. */
  readonly standsAlone: boolean;
}

/** Texts by their paths in a folder. */
export type FileTexts = Readonly<Record<string, string>>;

/** What a plugin outside the repository imports, and which versions. */
export const PLUGIN_IMPORTS: Readonly<Record<string, string>> = {
  "@rockpool/core": "jsr:@rockpool/core@^0.1.0",
  "@rockpool/kernel": "jsr:@rockpool/kernel@^0.1.0",
  "@rockpool/cpu": "jsr:@rockpool/cpu@^0.1.0",
  "@rockpool/conformance": "jsr:@rockpool/conformance@^0.1.0",
  "@std/assert": "jsr:@std/assert@^1.0.0",
};

/**
 * The files of a new plugin, which passes every check as it is: the operator,
 * its test, its bench, a README with places to fill in, and a `deno.json`.
 *
 * @throws {RangeError} if the name is not lower-case words joined by hyphens
 */
export function pluginFiles(choice: PluginChoice): FileTexts {
  const names = pluginNames(choice.name);
  return {
    "deno.json": configText(choice),
    "mod.ts": pluginModule(names, choice),
    "mod_test.ts": testText(names),
    "mod_bench.ts": benchText(names),
    "README.md": readmeText(names, choice),
  };
}

function configText({ name, scope, standsAlone }: PluginChoice): string {
  const config = {
    name: `@${scope}/${name}`,
    version: "0.1.0",
    license: "MIT",
    exports: "./mod.ts",
    ...standsAlone
      ? {
        imports: PLUGIN_IMPORTS,
        lint: { rules: { tags: ["recommended", "jsr"] } },
        tasks: {
          test: "deno test -A --doc",
          bench: "deno bench -A",
          ok:
            "deno fmt --check && deno lint && deno check && deno publish --dry-run --allow-dirty",
        },
      }
      : {},
    publish: { exclude: ["**/*_test.ts", "**/*_bench.ts"] },
  };
  // Short lists stand on one line, as they do after `deno fmt`.
  return JSON.stringify(config, null, 2)
    .replaceAll(
      /\[\s+([^\][]*?)\s+\]/g,
      (_, items: string) => `[${items.replaceAll(/\s*\n\s*/g, " ")}]`,
    ) + "\n";
}

/** An import of one name, broken as `deno fmt` breaks it. */
function importLine(name: string, from: string): string {
  const line = `import { ${name} } from "${from}";`;
  return line.length <= 80 ? line : `import {\n  ${name},\n} from "${from}";`;
}

function testText({ identifier }: PluginNames): string {
  return `import { conform } from "@rockpool/conformance";
import { ${identifier} } from "./mod.ts";

conform(${identifier});
`;
}

function benchText({ identifier }: PluginNames): string {
  return `import { benchOperator } from "@rockpool/conformance/bench";
import { ${identifier} } from "./mod.ts";

await benchOperator(${identifier}, {
  options: { kernelSize: 2 },
  shape: [1, 16, 112, 112],
  // Fill in: the same computation as a loop.
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        y[at++] = (x[i] + x[i + 1] + x[i + width] + x[i + width + 1]) / 4;
      }
    }
    return y;
  },
});
`;
}

function readmeText(
  { name, identifier }: PluginNames,
  { scope, category }: PluginChoice,
): string {
  const fence = "```";
  const isLearnable = category === "learnable";
  const formula = isLearnable
    ? "y = gain_c · (sum of x_r over r in R) / n"
    : "y = (sum of x_r over r in R) / n";
  const gain = isLearnable
    ? " of n elements and the gain of its channel c:"
    : " of n elements:";
  return `# @${scope}/${name}

Fill in what it gives for each window.

## Formula

Fill in the formula. For a window R${gain}

${fence}text
${formula}
${fence}

## Example

${fence}ts
import { makePool } from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
${importLine(identifier, `@${scope}/${name}`)}
import { assertEquals } from "@std/assert";

using backend = await cpu();
const pool = makePool(${identifier}, {
  backend,
  options: { kernelSize: 2 },
});
const x = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 6) };
const y = await pool(x);
assertEquals([...y.data], [3]);

const gradOutput = { shape: y.shape, data: Float32Array.of(4) };
const gradients = await pool.gradients(x, gradOutput);
assertEquals([...gradients.x.data], [1, 1, 1, 1]);
${fence}

${optionTable(name, slideOptions)}

## Source

Fill in the paper.
`;
}
