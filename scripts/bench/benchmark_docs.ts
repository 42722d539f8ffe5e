import { cpus } from "node:os";
import { ROOT } from "../workspace.ts";
import { deno } from "../deno.ts";
import { benchTable, markdownTable } from "./bench_table.ts";
import type { BenchRow } from "./row.ts";

const BEGIN = "<!-- written by deno task bench:peers -->";
const END = "<!-- end of what is written -->";
const FILES = ["docs/benchmarks.json", "docs/benchmarks.md"];

/** Writes rows to `docs/benchmarks.json` and their table to `docs/benchmarks.md`. */
export async function writeBenchmarks(
  rows: readonly BenchRow[],
  { machine }: { machine: string },
): Promise<void> {
  const [json, markdown] = FILES.map((file) => ROOT + file);
  const round = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(3)) : value;
  const section = `${machine}\n\n${markdownTable(benchTable(rows))}`;
  const text = replaceSection(await Deno.readTextFile(markdown), section);
  await Deno.writeTextFile(json, `${JSON.stringify(rows, round, 2)}\n`);
  await Deno.writeTextFile(markdown, text);
  const formatted = await deno(["fmt", ...FILES]);
  if (!formatted.ok) throw new Error(formatted.stderr);
}

/**
 * A document with the text between its two marks replaced.
 *
 * @throws {Error} where a mark is missing
 */
export function replaceSection(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `Cannot write benchmarks: the document needs the marks "${BEGIN}" and "${END}"`,
    );
  }
  return document.slice(0, begin + BEGIN.length) +
    `\n\n${section}\n\n${document.slice(end)}`;
}

/** The machine that this runs on, in a sentence. */
export function describeMachine({ date }: { date?: string }): string {
  const cores = cpus();
  const when = date === undefined ? "" : `, ${date}`;
  return `${cores.length} × ${
    cores[0].model.trim()
  }, ${Deno.build.os} on ${Deno.build.arch}, Deno ${Deno.version.deno}${when}.`;
}
