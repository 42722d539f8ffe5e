/**
 * `deno task ok`: everything that must hold besides the tests.
 *
 * Prints a line for each check and what is wrong below those that failed, and
 * exits with 1 if any did. `deno task ok lint cycles` runs these two only.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { findCycles } from "./check_cycles.ts";
import { findBadImports } from "./check_imports.ts";
import { findScoreGaps } from "./check_score.ts";
import { deno } from "./deno.ts";
import { readModuleGraph } from "./module_graph.ts";
import { measurePlugins, sizeProblems } from "./size.ts";
import { readPackages, ROOT } from "./workspace.ts";

/** Resolves to what is wrong: an empty text if nothing is. */
export type Check = () => Promise<string>;

const CHECKS: Readonly<Record<string, Check>> = {
  format: () => run(["fmt", "--check"]),
  lint: () => run(["lint"]),
  types: () => run(["check", "--quiet"]),
  imports: checkImports,
  cycles: checkCycles,
  docs: checkDocs,
  examples: checkExamples,
  publish: checkPublish,
  score: checkScore,
  size: async () => sizeProblems(await measurePlugins()),
};

async function checkImports(): Promise<string> {
  return findBadImports(await readModuleGraph(), readPackages()).join("\n");
}

async function checkCycles(): Promise<string> {
  const cycles = findCycles(await readModuleGraph());
  return cycles.map((cycle) => cycle.join(" → ")).join("\n");
}

function checkDocs(): Promise<string> {
  const entryPoints = readPackages().flatMap((it) => it.entryPoints);
  return run(["doc", "--lint", ...entryPoints]);
}

/** Runs the code of docstrings and Markdown, but no test files. */
function checkExamples(): Promise<string> {
  // Examples of third parties have names that are not of this workspace: their
  // own test runs them.
  const only = ["--doc", "--ignore=**/*_test.ts,docs/examples"];
  return run(["test", "--quiet", "--allow-all", ...only]);
}

/** One by one: from the root, `deno publish` would publish the root only. */
async function checkPublish(): Promise<string> {
  // The types are checked already; slow types are found without.
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  let problems = "";
  for (const { folder } of readPackages()) {
    problems += await run(args, folder);
  }
  return problems;
}

// deno-lint-ignore require-await -- errors must reject
async function checkScore(): Promise<string> {
  const read = (file: string) => {
    const path = `${ROOT}/${file}`;
    return existsSync(path) ? Deno.readTextFileSync(path) : undefined;
  };
  return findScoreGaps(readPackages(), read).join("\n");
}

async function run(args: string[], folder?: string): Promise<string> {
  const { ok, stdout, stderr } = await deno(args, folder);
  return ok ? "" : `${stdout}${stderr}` || `deno ${args.join(" ")} failed`;
}

/** Runs every check, also after one failed; resolves to how many failed. */
export async function runChecks(
  checks: Readonly<Record<string, Check>>,
  print: (line: string) => void,
): Promise<number> {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const start = performance.now();
    const problems = await check().catch(String);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${problems ? "FAILED" : "ok    "} ${name} (${seconds} s)`);
    if (problems) print(problems.trimEnd());
    if (problems) failed++;
  }
  return failed;
}

/** The checks with these `names`, or all of them without a name. */
function choose(names: string[]): Record<string, Check> {
  const unknown = names.find((name) => !Object.hasOwn(CHECKS, name));
  if (unknown !== undefined) {
    const known = Object.keys(CHECKS).join(", ");
    throw new RangeError(`Cannot check ${unknown}: the checks are ${known}`);
  }
  if (names.length === 0) return CHECKS;
  return Object.fromEntries(names.map((name) => [name, CHECKS[name]]));
}

if (import.meta.main) {
  const failed = await runChecks(choose(Deno.args), console.log);
  if (failed > 0) Deno.exit(1);
}
