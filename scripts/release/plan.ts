import { inc, major, satisfies } from "semver";
import { inDependencyOrder } from "../pack/dependencies.ts";
import {
  type Change,
  changeOf,
  type Commit,
  greatestLevel,
  type Level,
} from "./commit.ts";

/** A package as a release finds it. */
export interface Candidate {
  /** Its name. */
  readonly name: string;
  /** The version that its `deno.json` has. */
  readonly version: string;
  /** Whether that version is released. */
  readonly isReleased: boolean;
  /** The commits that touched what it publishes since that version's release. */
  readonly commits: readonly Commit[];
}

/** What a release starts from. */
export interface Workspace {
  /** Every package. */
  readonly candidates: readonly Candidate[];
  /** The packages that each imports. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** The range of versions of each package that others import. */
  readonly ranges: Readonly<Record<string, string>>;
}

/** The release of one package. */
export interface Release {
  readonly name: string;
  readonly from: string;
  /** The same as `from` for a version that waits for being published. */
  readonly to: string;
  /** What it means; undefined for a version that waits. */
  readonly level: Level | undefined;
  /** What changed, in the order of history. */
  readonly changes: readonly Change[];
  /** Dependencies that are needed in another range, by their names. */
  readonly ranges: Readonly<Record<string, string>>;
}

/** What is to be released. */
export interface Plan {
  /** Each package after those that it depends on. */
  readonly releases: readonly Release[];
  /** The ranges that change, by the names of packages. */
  readonly ranges: Readonly<Record<string, string>>;
}

/**
 * Plans the release of what changed, and of what depends on it in a range that
 * the new version leaves. All others are left alone.
 *
 * A dependent whose range breaks is released as a breaking change, since those
 * who use it need the new version of the dependency, too. What is not released
 * yet keeps its version.
 */
export function planRelease(
  { candidates, dependencies, ranges }: Workspace,
): Plan {
  const ordered = inDependencyOrder(candidates, dependencies);
  const changed: Record<string, string> = {};
  const releases: Release[] = [];
  for (const { name, version, isReleased, commits } of ordered) {
    const changes = isReleased
      ? commits.map(changeOf).filter((it) => it !== undefined)
      : [];
    const needed = (dependencies.get(name) ?? []).filter((it) =>
      Object.hasOwn(changed, it)
    );
    const level = needed.length > 0 ? "breaking" : greatestLevel(changes);
    if (isReleased && level === undefined) continue;
    const to = isReleased ? nextVersion(version, level!) : version;
    if (ranges[name] !== undefined && !satisfies(to, ranges[name])) {
      changed[name] = `^${to}`;
    }
    releases.push({
      name,
      from: version,
      to,
      level: isReleased ? level : undefined,
      changes,
      ranges: Object.fromEntries(needed.map((it) => [it, changed[it]])),
    });
  }
  return { releases, ranges: changed };
}

/**
 * The version after a change. Below 1.0.0 the second number stands for what
 * breaks and the third for all else, as npm's caret reads them.
 */
export function nextVersion(version: string, level: Level): string {
  const kinds = major(version) > 0
    ? { breaking: "major", feature: "minor", fix: "patch" } as const
    : { breaking: "minor", feature: "patch", fix: "patch" } as const;
  return inc(version, kinds[level])!;
}
