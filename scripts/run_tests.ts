/**
 * `deno task test`: runs every test, GPU ones included, and closes with one
 * line: `N passed, N failed`, and `, N skipped` if there are any.
 *
 * `deno task test packages/cpu --filter=pool` runs those of a folder that have
 * such a name: paths are files and folders below the root, and flags those of
 * `deno test`.
 *
 * Types are checked first. Then each file is run by a process of its own, as
 * many at a time as there are cores, or as the environment variable DENO_JOBS
 * says: software GPU drivers compile one shader at a time in a process, and
 * what a file does to its environment concerns no other.
 *
 * @module
 */
import { inParallel } from "./in_parallel.ts";
import { findTestFiles } from "./run_tests/find_test_files.ts";
import {
  addCounts,
  closingLine,
  countTests,
  NO_TESTS,
  type TestCounts,
} from "./run_tests/test_counts.ts";
import { ROOT } from "./workspace.ts";

/**
 * npm's `webgpu` makes a function with a finalizer each time it polls, and
 * Deno frees n of them in n² time: 65,000 took 30 s of a test file that takes
 * 7 s where memory is collected each time that it has grown by a tenth.
 */
const V8_FLAGS = "--v8-flags=--heap-growing-percent=10";

/** It takes longest: begun last, it would run alone in the end. */
const FIRST = "scripts/registry_test.ts";

/** Runs tests as `args` say; gives the exit code. */
async function runTests(args: readonly string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const files = findTestFiles(paths.length > 0 ? paths : ["."], ROOT)
    .sort((a, b) => Number(b === FIRST) - Number(a === FIRST));
  const check = ["--no-run", "--quiet", ...files];
  const { code } = await denoTest(check, "inherit").spawn().status;
  if (code !== 0) return code;
  const counts = await inParallel(
    files,
    (file) => runFile(file, flags),
    Number(Deno.env.get("DENO_JOBS")) || undefined,
  );
  const broken = files.filter((_, index) => counts[index].failed > 0);
  for (const file of broken) console.log(`FAILED ${file}`);
  console.log(closingLine(counts.reduce(addCounts, NO_TESTS)));
  return broken.length > 0 ? 1 : 0;
}

/** Runs a test file and shows what it printed; that it broke off is a failure. */
async function runFile(
  file: string,
  flags: readonly string[],
): Promise<TestCounts> {
  const args = ["--no-check", V8_FLAGS, ...flags, file];
  const { code, stdout, stderr } = await denoTest(args, "piped").output();
  const [printed, complaints] = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes).trimEnd());
  if (complaints !== "") console.error(complaints);
  if (printed !== "") console.log(printed);
  const counts = countTests(printed);
  if (counts !== undefined && (code === 0) === (counts.failed === 0)) {
    return counts;
  }
  console.log(`${file} ended with exit code ${code} before its tests did`);
  return addCounts(counts ?? NO_TESTS, { ...NO_TESTS, failed: 1 });
}

function denoTest(
  args: readonly string[],
  output: "inherit" | "piped",
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    stdout: output,
    stderr: output,
  });
}

if (import.meta.main) Deno.exit(await runTests(Deno.args));
