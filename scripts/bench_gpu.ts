/**
 * Times the GPU backend beside a kernel that copies as many bytes, prints a
 * table, and with `--write` puts it into `docs/`:
 * `deno task bench:gpu [--repeats N] [--batch N] [--filter TEXT] [--write [--date TEXT]]`.
 *
 * With `--adapter software` everything is run on a driver on the CPU and
 * compared with the CPU backend, and no time is reported.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { table } from "@rockpool/cli/table";
import { cpu } from "@rockpool/cpu";
import { gpu } from "@rockpool/gpu";
import { GPU_CASES } from "./bench/gpu_case.ts";
import { writeGpuBenchmarks } from "./bench/gpu_docs.ts";
import { checkCase, measureGpuCase } from "./bench/gpu_measure.ts";
import { type GpuRow, gpuTable } from "./bench/gpu_row.ts";
import { timedDevice } from "./bench/gpu_timer.ts";

const { values } = parseArgs({
  options: {
    adapter: { type: "string", default: "default" },
    repeats: { type: "string", default: "15" },
    batch: { type: "string", default: "20" },
    filter: { type: "string", default: "" },
    write: { type: "boolean", default: false },
    date: { type: "string" },
  },
});
const repeats = count(values.repeats, "--repeats");
const batch = count(values.batch, "--batch");
const cases = GPU_CASES.filter(({ name, direction }) =>
  `${name} ${direction}`.includes(values.filter)
);
if (cases.length === 0) {
  throw new RangeError(`There is no case with "${values.filter}" in its name`);
}
if (values.write && cases.length < GPU_CASES.length) {
  throw new RangeError(
    "Cannot write some cases only: --write takes no --filter",
  );
}

// No fallback: without a GPU this is an error that says what to do.
using open = await gpu({
  adapter: values.adapter as "default" | "software",
});
using timer = timedDevice(open.device);
using backend = await gpu({ device: timer.device });
// A software adapter may be the only one that a runtime finds.
const isSoftware = values.adapter === "software" ||
  open.device.adapterInfo?.isFallbackAdapter === true;
if (isSoftware && values.write) {
  throw new Error(
    `Cannot write benchmarks of ${open.info}: it computes on the CPU, a GPU is needed`,
  );
}

console.log(`${open.info}\n`);
using reference = await cpu();
const rows: GpuRow[] = [];
for (const gpuCase of cases) {
  const difference = await checkCase(gpuCase, backend, reference);
  console.log(
    `${gpuCase.name}, ${gpuCase.direction}: differs from the CPU backend by at most ${
      difference.toExponential(1)
    }`,
  );
  const row = await measureGpuCase(
    gpuCase,
    { backend, timer },
    isSoftware ? { repeats: 1, batch: 1 } : { repeats, batch },
  );
  if (!isSoftware) rows.push(row);
}
if (isSoftware) {
  console.log(
    `\nAll ${cases.length} cases are right. No time is reported: ${open.info} computes on the CPU, and its speed says nothing about a GPU.`,
  );
} else {
  console.log(`\n${table(gpuTable(rows))}`);
  if (values.write) {
    const when = values.date === undefined ? "" : `, ${values.date}`;
    await writeGpuBenchmarks(rows, { device: `${open.info}${when}.` });
  }
}

function count(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(
    `Cannot use ${flag} ${text}: a positive integer is needed`,
  );
}
