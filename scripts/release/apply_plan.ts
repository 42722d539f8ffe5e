import type { Package } from "../workspace.ts";
import { addToChangelog } from "./changelog.ts";
import type { Plan, Release } from "./plan.ts";

/** Where a plan is applied. */
export interface Place {
  /** The root of the repository. */
  readonly root: string;
  /** Every package. */
  readonly packages: readonly Package[];
  /** The day of the release. */
  readonly date: string;
}

/** Where core says which version of it changed the contract last. */
const CONTRACT = { of: "@rockpool/core", file: "src/contract.ts" };

/**
 * Writes a plan into the repository: versions, ranges, changelogs and the
 * contract. Gives the files that it changed, below the root.
 */
export async function applyPlan(
  { releases, ranges }: Plan,
  { root, packages, date }: Place,
): Promise<string[]> {
  const files = new Set<string>();
  const edit = async (
    file: string,
    change: (text: string | undefined) => string,
  ) => {
    const path = `${root}/${file}`;
    const text = await Deno.readTextFile(path).catch(() => undefined);
    const changed = change(text);
    if (changed === text) return;
    await Deno.writeTextFile(path, changed);
    files.add(file);
  };
  for (const release of releases) {
    const { folder } = packages.find(({ name }) => name === release.name)!;
    const inside = (file: string) =>
      folder === "." ? file : `${folder}/${file}`;
    await edit(
      inside("deno.json"),
      (text = "") => setVersion(text, release),
    );
    await edit(
      inside("CHANGELOG.md"),
      (text) =>
        text !== undefined && release.level === undefined
          ? text
          : addToChangelog(text, release, { date }),
    );
    if (release.name === CONTRACT.of && changesContract(release)) {
      await edit(
        inside(CONTRACT.file),
        (text = "") => setContract(text, release.to),
      );
    }
  }
  await edit("deno.json", (text = "") => setRanges(text, ranges));
  return [...files];
}

/** What is new in core may be what an operator needs; a fix is not. */
function changesContract({ level }: Release): boolean {
  return level === "breaking" || level === "feature";
}

/** A `deno.json` with the version of a release. */
function setVersion(text: string, { from, to }: Release): string {
  return from === to ? text : replace(text, /(?<="version":\s*")[^"]*/, to);
}

/** A `deno.json` with other ranges of packages of JSR. */
function setRanges(
  text: string,
  ranges: Readonly<Record<string, string>>,
): string {
  return Object.entries(ranges).reduce(
    (text, [name, range]) =>
      replace(text, new RegExp(`(?<="jsr:${name}@)[^"]*`), range),
    text,
  );
}

/** The module of the contract with another version. */
function setContract(text: string, version: string): string {
  return replace(text, /(?<=CONTRACT: string = ")[^"]*/, version);
}

/** @throws {Error} where there is nothing to replace */
function replace(text: string, pattern: RegExp, by: string): string {
  if (pattern.test(text)) return text.replace(pattern, by);
  throw new Error(`Cannot write ${by}: ${pattern} is nowhere in ${text}`);
}
