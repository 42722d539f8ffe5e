import { deno } from "../deno.ts";
import { ROOT } from "../workspace.ts";
import { markdownTable } from "./bench_table.ts";
import { type GpuRow, gpuTable } from "./gpu_row.ts";

const BEGIN = "<!-- written by deno task bench:gpu -->";
const END = "<!-- end of what bench:gpu has written -->";
const FILES = ["docs/benchmarks-gpu.json", "docs/benchmarks.md"];

/** Writes rows to `docs/benchmarks-gpu.json`, and their table to `docs/benchmarks.md`. */
export async function writeGpuBenchmarks(
  rows: readonly GpuRow[],
  { device }: { device: string },
): Promise<void> {
  const [json, markdown] = FILES.map((file) => ROOT + file);
  const section = `${device}\n\n${markdownTable(gpuTable(rows))}`;
  const text = replaceGpuSection(await Deno.readTextFile(markdown), section);
  const all = { device, rows };
  await Deno.writeTextFile(json, `${JSON.stringify(all, undefined, 2)}\n`);
  await Deno.writeTextFile(markdown, text);
  const formatted = await deno(["fmt", ...FILES]);
  if (!formatted.ok) throw new Error(formatted.stderr);
}

/**
 * A document with the text between the marks of the GPU's table replaced.
 *
 * @throws {Error} where a mark is missing
 */
export function replaceGpuSection(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `Cannot write benchmarks of the GPU: the document needs the marks "${BEGIN}" and "${END}"`,
    );
  }
  return document.slice(0, begin + BEGIN.length) +
    `\n\n${section}\n\n${document.slice(end)}`;
}
