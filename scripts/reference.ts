/**
 * Runs reference cases, forward and backward, on backends:
 * `deno task reference [DIR] [--backend cpu,gpu] [--op NAME]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { toFileUrl } from "./file_url.ts";
import { readManifest, REFERENCE_FOLDER } from "./reference/cases.ts";
import { openBackends } from "./reference/backends.ts";
import { report } from "./reference/report.ts";
import { type CaseResult, runCase } from "./reference/run_case.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "cpu,gpu" },
    op: { type: "string" },
  },
});
const folder = positionals[0] ? toFileUrl(positionals[0]) : REFERENCE_FOLDER;
const wanted = (await readManifest(folder))
  .filter(({ op }) => values.op === undefined || op === values.op);
const backends = await openBackends(values.backend.split(","));
const results: CaseResult[] = [];
for (const backend of backends) {
  for (const reference of wanted) {
    results.push(await runCase(reference, backend, folder));
  }
  backend[Symbol.dispose]();
}
const { lines, failed } = report(results, wanted);
console.log(lines.join("\n"));
if (failed) Deno.exit(1);
