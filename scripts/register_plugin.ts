/**
 * The lines by which a new operator is registered, put where they belong.
 *
 * @module
 */
import { type PluginChoice, pluginNames } from "@rockpool/cli/new-plugin";

const SUMMARY = "the mean of each window";

/**
 * Adds the version constraint of a plugin to the root's `deno.json`.
 *
 * @throws {RangeError} if there is one of that name
 */
export function addToConfig(text: string, { name }: PluginChoice): string {
  const entry = `"@rockpool/${name}": "jsr:@rockpool/${name}@^0.1.0"`;
  return insertLine(text, {
    what: name,
    from: '    "@rockpool/max":',
    to: '    "@std/assert":',
    line: `    ${entry},`,
    keyOf: (line) => line.match(/^ {4}"@rockpool\/([^"]+)"/)?.[1],
  });
}

/**
 * Adds a plugin to `registry.ts`: its type, its documentation, its loader.
 *
 * @throws {RangeError} if there is one of that name
 */
export function addToRegistry(text: string, { name }: PluginChoice): string {
  const { identifier } = pluginNames(name);
  const key = name.includes("-") ? `"${name}"` : name;
  const withType = insertLine(text, {
    what: name,
    from: "import type { average }",
    to: "import type { CpuOptions }",
    line: `import type { ${identifier} } from "@rockpool/${name}";`,
    keyOf: (line) => line.match(/"@rockpool\/([^"]+)"/)?.[1],
  });
  const withEntry = insertLine(withType, {
    what: name,
    from: "  /** The mean of each window. */",
    to: "}",
    line: `  /** ${SUMMARY[0].toUpperCase()}${SUMMARY.slice(1)}. */\n` +
      `  ${key}: typeof ${identifier};`,
    keyOf: (line) => line.match(/^ {2}"?([a-z][a-z0-9-]*)"?: typeof/)?.[1],
    above: 1,
  });
  return insertLine(withEntry, {
    what: name,
    from: "  average: () =>",
    to: "});",
    line: `  ${key}: () => import("@rockpool/${name}"),`,
    keyOf: (line) => line.match(/^ {2}"?([a-z][a-z0-9-]*)"?: \(\)/)?.[1],
  });
}

/**
 * Adds a plugin to the README's table of operators.
 *
 * @throws {RangeError} if there is one of that name
 */
export function addToReadme(
  text: string,
  { name, category }: PluginChoice,
): string {
  const link = `[\`${name}\`](plugins/${category}/${name}/README.md)`;
  return insertLine(text, {
    what: name,
    from: "| [`average`]",
    to: "",
    line: `| ${link} | ${SUMMARY} |`,
    keyOf: (line) => line.match(/^\| \[`([^`]+)`\]/)?.[1],
  });
}

/** The first operator of a category in the tables of what to choose from. */
const FIRST_CHOICES: Readonly<Record<PluginChoice["category"], string>> = {
  generic: "average",
  learnable: "detail-preserving",
  downstream: "generalized-mean",
};

/**
 * Adds a plugin to the tables of `docs/choosing-a-pooling.md`.
 *
 * @throws {RangeError} if there is one of that name
 */
export function addToChoosing(
  text: string,
  { name, category }: PluginChoice,
): string {
  const learns = category === "learnable"
    ? "; learns a number for each channel"
    : "";
  const cells = [
    `[\`${name}\`](../plugins/${category}/${name}/README.md)`,
    "none yet",
    SUMMARY,
    "`kernelSize`",
    `one pass of additions, a division${learns}`,
    "to be filled in",
  ];
  return insertLine(text, {
    what: name,
    from: `| [\`${FIRST_CHOICES[category]}\`]`,
    to: "",
    line: `| ${cells.join(" | ")} |`,
    keyOf: (line) => line.match(/^\| \[`([^`]+)`\]/)?.[1],
  });
}

/** A sorted list of lines in a text. */
interface LineList {
  /** What is added, for messages. */
  readonly what: string;
  /** What its first line begins with. */
  readonly from: string;
  /** What the line behind it begins with; "" for an empty one. */
  readonly to: string;
  /** What is added. */
  readonly line: string;
  /** What the list is sorted by; undefined for lines that are not entries. */
  keyOf(line: string): string | undefined;
  /** How many lines above an entry belong to it; none by default. */
  readonly above?: number;
}

function insertLine(
  text: string,
  { what, from, to, line, keyOf, above = 0 }: LineList,
): string {
  const lines = text.split("\n");
  const first = lines.findIndex((it) => it.startsWith(from));
  const end = lines.findIndex((it, at) =>
    at > first && (to === "" ? it === "" : it.startsWith(to))
  );
  if (first < 0 || end < 0) {
    throw new Error(
      `Cannot register ${what}: no lines between "${from}" and "${to}" are found`,
    );
  }
  let place = end;
  for (let at = end - 1; at >= first; at--) {
    const key = keyOf(lines[at]);
    if (key === what) {
      throw new RangeError(
        `Cannot register ${what}: there is one already, another name is needed`,
      );
    }
    if (key !== undefined && key > what) place = at - above;
  }
  return lines.toSpliced(place, 0, line).join("\n");
}
