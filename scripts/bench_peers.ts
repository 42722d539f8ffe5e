/**
 * Compares the CPU backend to other libraries in one run, prints a table, and
 * with `--write` puts it into `docs/`:
 * `deno task bench:peers [--threads 1,2] [--repeats N] [--filter TEXT] [--peers NAMES] [--write [--date TEXT]]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { table } from "@rockpool/cli/table";
import { BENCH_CASES } from "./bench/bench_cases.ts";
import { summarise } from "./bench/bench_summary.ts";
import { benchTable } from "./bench/bench_table.ts";
import { describeMachine, writeBenchmarks } from "./bench/benchmark_docs.ts";
import { measureCase } from "./bench/measure_case.ts";
import { openPeer, PEER_NAMES } from "./bench/open_peer.ts";
import type { Peer } from "./bench/peer.ts";
import { openRockpool } from "./bench/rockpool_peer.ts";
import { type BenchRow, ratioOf } from "./bench/row.ts";

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    repeats: { type: "string", default: "15" },
    filter: { type: "string", default: "" },
    peers: { type: "string", default: PEER_NAMES.join(",") },
    write: { type: "boolean", default: false },
    date: { type: "string" },
  },
});
const repeats = count(values.repeats, "--repeats");
const threadCounts = values.threads.split(",").map((it) =>
  count(it, "--threads")
);
const cases = BENCH_CASES.filter(({ name, direction }) =>
  `${name}, ${direction}`.includes(values.filter)
);
if (cases.length === 0) {
  throw new RangeError(`There is no case with "${values.filter}" in its name`);
}
const names = values.peers.split(",");
if (values.write && names.length < PEER_NAMES.length) {
  throw new RangeError(
    "Cannot write what some peers took: --write takes no --peers",
  );
}

const rows: BenchRow[] = [];
let machine = "";
let absent: string[] = [];
for (const threads of threadCounts) {
  await using stack = new AsyncDisposableStack();
  const ours = stack.use(await openRockpool({ threads }));
  const found: Peer[] = [];
  for (const name of names) {
    const peer = stack.use(await openPeer(name, { threads }));
    if (peer) found.push(peer);
  }
  const libraries = found.map(({ name, version }) => `${name} ${version}`);
  machine = describeMachine({ date: values.date, libraries });
  absent = names.filter((name) => !found.some((peer) => peer.name === name));
  if (rows.length === 0) console.log(machine);
  for (const name of absent) console.log(`${name}: not found on this machine`);
  for (const benchCase of cases) {
    const options = { ours, peers: found, threads, repeats };
    const { row, leftOut } = await measureCase(benchCase, options);
    const missing = absent.map((name) => [name, null]);
    const peers = { ...row.peers, ...Object.fromEntries(missing) };
    rows.push({ ...row, peers });
    const ratio = ratioOf(row)?.toFixed(2) ?? "no peer";
    const took = row.ours_ms.toPrecision(3);
    console.log(
      `${row.case}, ${row.direction}, threads: ${threads}: ${took} ms, ratio ${ratio}`,
    );
    for (const [name, reason] of Object.entries(leftOut)) {
      console.log(`  ${name} left out: ${reason}`);
    }
  }
}
console.log(`\n${table(benchTable(rows, { absent }))}\n`);
for (const line of summarise(rows)) console.log(line);
if (values.write) await writeBenchmarks(rows, { machine, absent });

function count(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(
    `Cannot use ${flag} ${text}: a positive integer is needed`,
  );
}
