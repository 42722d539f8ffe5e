import { assert, assertEquals } from "@std/assert";
import { backendTests } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { readManifest, REFERENCE_FOLDER } from "./cases.ts";
import { report } from "./report.ts";
import { runCase } from "./run_case.ts";
import { translate } from "./translate.ts";

const cases = await readManifest(REFERENCE_FOLDER);
const operators = new Set(cases.map(({ op }) => op));

for (const op of operators) {
  const own = cases.filter((reference) => reference.op === op);
  if (!await translate(own[0])) continue;
  backendTests(op)("gives what independent libraries give", async (backend) => {
    const faults: string[] = [];
    for (const reference of own) {
      const result = await runCase(reference, backend, REFERENCE_FOLDER);
      if (result.status !== "passed") {
        faults.push(`${result.id}: ${result.faults.join("; ")}`);
      }
    }
    assert(faults.length === 0, faults.join("\n"));
  });
}

Deno.test("runCase() fails where an output or a gradient is another, and report() counts it", async () => {
  using backend = interpreter();
  const [right, other] = cases.filter(({ op }) => op === "avg_pool2d");
  const wrong = [
    { ...right, id: "avg_pool2d/output", outputs: { y: right.inputs.x } },
    { ...right, id: "avg_pool2d/gradient", gradInputs: other.gradInputs },
  ];
  const results = [await runCase(right, backend, REFERENCE_FOLDER)];
  for (const reference of wrong) {
    results.push(await runCase(reference, backend, REFERENCE_FOLDER));
  }
  assertEquals(results.map(({ status }) => status), [
    "passed",
    "failed",
    "failed",
  ]);
  const { lines, failed } = report(results, [right, ...wrong]);
  assert(failed);
  assertEquals(lines.at(-1), "1 passed, 2 failed, 0 skipped");
});
