/**
 * `deno task release`: says which packages have changed since their last
 * release, and what their next versions are. With `--publish` it writes
 * versions and changelogs, commits, publishes and tags; `--to npm` or `--to jsr`
 * publishes on one of the two only.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readModuleGraph } from "./module_graph.ts";
import { packAll } from "./pack.ts";
import { findDependencies } from "./pack/dependencies.ts";
import { gitHistory } from "./release/history.ts";
import { jsrPublisher } from "./release/jsr_publisher.ts";
import { npmPublisher } from "./release/npm_publisher.ts";
import type { Publisher } from "./release/publisher.ts";
import { type Ready, release } from "./release/release.ts";
import { readPackages, readRanges, ROOT } from "./workspace.ts";

const PUBLISHERS: Readonly<Record<string, () => Publisher<Ready>>> = {
  npm: npmPublisher,
  jsr: jsrPublisher,
};

const { values } = parseArgs({
  options: {
    publish: { type: "boolean", default: false },
    to: { type: "string", default: Object.keys(PUBLISHERS).join() },
  },
});
const publishers = values.to.split(",").map((name) => {
  if (Object.hasOwn(PUBLISHERS, name)) return PUBLISHERS[name]();
  const known = Object.keys(PUBLISHERS).join(" or ");
  throw new RangeError(`Cannot publish to ${name}: ${known} is needed`);
});
const packages = readPackages();
await release({
  root: ROOT,
  history: gitHistory(ROOT),
  packages: () => packages,
  dependencies: findDependencies(await readModuleGraph(), packages),
  ranges: readRanges(),
  date: new Date().toISOString().slice(0, 10),
  print: console.log,
}, values.publish ? { publishers, pack: () => packAll() } : undefined);
if (!values.publish) console.log("\nA dry run: --publish does it");
else console.log("\ngit push --follow-tags tells the others");
