import { assert, assertEquals } from "@std/assert";
import { loadOperator, operatorNames } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { readPackages, ROOT } from "./workspace.ts";

const PAGE = "docs/choosing-a-pooling.md";
const READERS_PAGES = ["README.md", ...globSync("docs/*.md", { cwd: ROOT })];

/** What a page says of an operator. */
interface Row {
  readonly name: string;
  readonly readme: string;
  readonly cells: readonly string[];
}

const read = (page: string): string => Deno.readTextFileSync(join(ROOT, page));

/** The rows of all tables of a page that begin with a link to an operator. */
function readOperators(page: string): Row[] {
  return read(page).split("\n").flatMap((line) => {
    const link = /^\| \[`([\w-]+)`\]\(([^)]*plugins\/[^)]+)\)/.exec(line);
    if (!link) return [];
    const [, name, readme] = link;
    const cells = line.split(" | ").map((cell) => cell.trim());
    return [{ name, readme: join(dirname(page), readme), cells }];
  });
}

/** The README of the package whose modules a loader imports. */
function readmeOf(load: () => unknown): string {
  const specifier = /import\("([^"]+)"\)/.exec(String(load))?.[1];
  const folders = readPackages().filter(({ specifiers }) =>
    specifiers.some((it) => it === specifier)
  );
  assertEquals(folders.length, 1, `No package exports ${specifier}`);
  return `${folders[0].folder}/README.md`;
}

/** Where the links and pictures of a page lead, without what is elsewhere. */
function targetsOf(page: string): string[] {
  const found = read(page).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g);
  return [...found].map(([, link, picture]) => link ?? picture)
    .filter((target) => !/^\w+:/.test(target));
}

/** The anchors of a page's headings. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-")
  );
}

for (const page of ["README.md", PAGE]) {
  Deno.test(`${page} has one row for each registered operator`, () => {
    const rows = readOperators(page);
    assertEquals(rows.map(({ name }) => name).sort(), operatorNames(builtins));
    for (const { name, readme } of rows) {
      const load = builtins[name as keyof typeof builtins];
      assertEquals(readme, readmeOf(load), `The link of ${name}`);
    }
  });
}

Deno.test(`${PAGE} says all of each operator, and names options that it has`, async () => {
  for (const { name, cells } of readOperators(PAGE)) {
    assertEquals(cells.length, 6, `The cells of ${name}`);
    assert(
      cells.every((cell) => cell.length > 2),
      `A cell of ${name} is empty`,
    );
    const op = await loadOperator(builtins, name as keyof typeof builtins);
    const known = [...Object.keys(op.options), ...op.inputs];
    const named = [...cells[3].matchAll(/`(\w+)`/g)].map(([, word]) => word);
    assert(named.length > 0, `No parameter of ${name} is named`);
    for (const word of named) {
      assert(known.includes(word), `${name} has no ${word}`);
    }
    const learns = op.weights !== undefined;
    assertEquals(/learn/i.test(cells[4]), learns, `Whether ${name} learns`);
  }
});

for (const page of READERS_PAGES) {
  Deno.test(`${page} has links and pictures that lead somewhere`, () => {
    for (const target of targetsOf(page)) {
      const [path, anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      assert(existsSync(join(ROOT, file)), `${target} leads nowhere`);
      if (anchor === undefined) continue;
      assert(anchorsOf(file).includes(anchor), `${file} has no #${anchor}`);
    }
  });
}
