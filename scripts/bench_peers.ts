/**
 * Compares the CPU backend to other libraries in one run, prints a table, and
 * with `--write` puts it into `docs/`:
 * `deno task bench:peers [--threads 1,2] [--repeats N] [--filter TEXT] [--write [--date TEXT]]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { table } from "@rockpool/cli/table";
import { BENCH_CASES } from "./bench/bench_case.ts";
import { benchTable } from "./bench/bench_table.ts";
import { describeMachine, writeBenchmarks } from "./bench/benchmark_docs.ts";
import { measureCase } from "./bench/measure_case.ts";
import { openOnnxRuntime } from "./bench/onnxruntime_peer.ts";
import { openRockpool } from "./bench/rockpool_peer.ts";
import type { BenchRow } from "./bench/row.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    repeats: { type: "string", default: "30" },
    filter: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    date: { type: "string" },
  },
});
const repeats = count(values.repeats, "--repeats");
const threadCounts = values.threads.split(",").map((it) =>
  count(it, "--threads")
);
const cases = BENCH_CASES.filter(({ name }) => name.includes(values.filter));
if (cases.length === 0) {
  throw new RangeError(`There is no case with "${values.filter}" in its name`);
}
if (values.write && cases.length < BENCH_CASES.length) {
  throw new RangeError(
    "Cannot write some cases only: --write takes no --filter",
  );
}

const machine = describeMachine(values);
console.log(`${machine}\n`);
const rows: BenchRow[] = [];
for (const threads of threadCounts) {
  await using ours = await openRockpool({ threads });
  await using onnxRuntime = await openOnnxRuntime({ threads });
  const peers = [onnxRuntime];
  for (const benchCase of cases) {
    const { row, differences } = await measureCase(benchCase, {
      ours,
      peers,
      threads,
      repeats,
    });
    rows.push(row);
    const found = Object.entries(differences).map(([name, difference]) =>
      `${name} differs by at most ${difference.toExponential(1)}`
    );
    console.log(
      `${row.case}, threads: ${threads}: ${found.join(", ") || "no peer"}`,
    );
  }
}
console.log(`\n${table(benchTable(rows))}`);
if (values.write) await writeBenchmarks(rows, { machine });

function count(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(
    `Cannot use ${flag} ${text}: a positive integer is needed`,
  );
}
