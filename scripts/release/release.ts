import type { Package } from "../workspace.ts";
import { applyPlan } from "./apply_plan.ts";
import { entry } from "./changelog.ts";
import type { Commit } from "./commit.ts";
import type { History } from "./history.ts";
import { type Plan, planRelease } from "./plan.ts";
import { publishAll, type Publisher } from "./publisher.ts";
import type { Tarball } from "./npm_publisher.ts";

/** A package as registries are given it. */
export interface Ready extends Tarball {
  /** Its folder. */
  readonly folder: string;
}

/** What a release works with. */
export interface ReleaseOptions {
  readonly root: string;
  readonly history: History;
  /** Reads every package as it is now. */
  readonly packages: () => readonly Package[];
  /** The packages that each imports. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** The range of versions of each package. */
  readonly ranges: Readonly<Record<string, string>>;
  readonly date: string;
  /** Tells people what happens. */
  readonly print: (line: string) => void;
}

/** What {@linkcode release} publishes with. */
export interface Publishing {
  /** Where packages are published. */
  readonly publishers: readonly Publisher<Ready>[];
  /** Packs all packages. */
  readonly pack: () => Promise<readonly Tarball[]>;
}

/**
 * Releases what changed since its last release, which the tag `name@version`
 * names: prints the plan and, if it is told where to publish, writes and commits
 * it, publishes, and tags each package that is there.
 *
 * What has no tag yet waits for being published: a call after one that failed
 * goes on where that stopped.
 *
 * @throws {Error} where something is not committed, or publishing fails
 */
export async function release(
  options: ReleaseOptions,
  publishing?: Publishing,
): Promise<Plan> {
  const { history, print, date, root } = options;
  if (publishing && !await history.isClean()) {
    throw new Error("Cannot release: there are changes that are not committed");
  }
  const plan = await makePlan(options);
  const count = plan.releases.length;
  if (count === 0) print("Nothing to release");
  for (const it of plan.releases) {
    if (it.level === undefined) print(`${it.name} ${it.to}, not released yet`);
    else print(`${it.name} ${it.from} → ${it.to}\n${indent(entry(it, date))}`);
  }
  if (!publishing || count === 0) return plan;

  const place = { root, packages: options.packages(), date };
  const files = await applyPlan(plan, place);
  if (files.length > 0) {
    await history.commit(`chore(release): ${count} packages`, files);
  }
  const tarballs = await publishing.pack();
  const ready = plan.releases.map(({ name, to }) => ({
    name,
    version: to,
    path: tarballs.find((it) => it.name === name)!.path,
    folder: place.packages.find((it) => it.name === name)!.folder,
  }));
  await publishAll(ready, publishing.publishers, async (it) => {
    await history.tag(`${it.name}@${it.version}`);
    print(`published ${it.name} ${it.version}`);
  });
  return plan;
}

async function makePlan(
  { history, packages, dependencies, ranges }: ReleaseOptions,
): Promise<Plan> {
  const all = packages();
  const tags = new Set(await history.tags());
  const candidates = await Promise.all(all.map(async (pkg) => {
    const tag = `${pkg.name}@${pkg.version}`;
    const isReleased = tags.has(tag);
    const commits = isReleased
      ? await history.commitsSince(tag, pathsOf(pkg))
      : [];
    return { ...pkg, isReleased, commits: commits.filter(touchesUsers) };
  }));
  return planRelease({ candidates, dependencies, ranges });
}

/** The root's folder holds all packages; of its own it has entry points. */
function pathsOf({ folder, entryPoints }: Package): readonly string[] {
  return folder === "." ? entryPoints : [folder];
}

/** Whether a commit touches more than tests, benches and changelogs. */
function touchesUsers({ files }: Commit): boolean {
  return files.some((file) =>
    !/_(test|bench)\.ts$|\/test_\w+\.ts$|__snapshots__|CHANGELOG\.md$/.test(
      file,
    )
  );
}

function indent(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, "    ");
}
