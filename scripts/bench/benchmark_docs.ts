import { cpus } from "node:os";
import { deno } from "../deno.ts";
import { ROOT } from "../workspace.ts";
import { BENCH_CASES } from "./bench_cases.ts";
import { summarise } from "./bench_summary.ts";
import { benchTable, markdownTable, type TableOptions } from "./bench_table.ts";
import { plotRatios } from "./plot_ratios.ts";
import { type BenchRow, mergeRows } from "./row.ts";

const BEGIN = "<!-- written by deno task bench:peers -->";
const END = "<!-- end of what is written -->";
const JSON_FILE = "docs/benchmarks.json";
const MARKDOWN_FILE = "docs/benchmarks.md";
const DIRECTIONS = ["forward", "train"] as const;

/** What is said besides rows. */
export interface DocsOptions extends TableOptions {
  /** What they were measured on, for people. */
  readonly machine: string;
}

/**
 * Puts rows into `docs/benchmarks.json` in the place of earlier ones of the
 * same work, and a table and plots of all rows there into `docs/benchmarks.md`.
 */
export async function writeBenchmarks(
  rows: readonly BenchRow[],
  options: DocsOptions,
): Promise<void> {
  const all = inOrder(mergeRows(await readRows(), rows));
  await Deno.writeTextFile(ROOT + JSON_FILE, `${rowsAsJson(all)}\n`);
  const files = [JSON_FILE, MARKDOWN_FILE];
  const threads = Math.max(...all.map((row) => row.threads));
  for (const direction of DIRECTIONS) {
    const path = plotFile(direction);
    const svg = plotRatios(all, { direction, threads });
    await Deno.writeTextFile(`${ROOT}docs/${path}`, `${svg}\n`);
    files.push(`docs/${path}`);
  }
  const document = await Deno.readTextFile(ROOT + MARKDOWN_FILE);
  const text = replaceSection(document, section(all, options));
  await Deno.writeTextFile(ROOT + MARKDOWN_FILE, text);
  const formatted = await deno(["fmt", ...files]);
  if (!formatted.ok) throw new Error(formatted.stderr);
}

async function readRows(): Promise<BenchRow[]> {
  return JSON.parse(await Deno.readTextFile(ROOT + JSON_FILE));
}

/** Rows of cases that there still are, in the order of the cases. */
function inOrder(rows: readonly BenchRow[]): BenchRow[] {
  const places = new Map(
    BENCH_CASES.map(({ name, direction }, at) => [`${name} ${direction}`, at]),
  );
  const place = (row: BenchRow) => places.get(`${row.case} ${row.direction}`);
  return rows
    .filter((row) => place(row) !== undefined)
    .sort((a, b) => b.threads - a.threads || place(a)! - place(b)!);
}

function rowsAsJson(rows: readonly BenchRow[]): string {
  const round = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(rows, round, 2);
}

function plotFile(direction: string): string {
  return `images/benchmarks-${direction}.svg`;
}

/** What stands between the marks of the document. */
function section(
  rows: readonly BenchRow[],
  { machine, absent }: DocsOptions,
): string {
  const [first, ...missed] = summarise(rows);
  const plots = DIRECTIONS.map((direction) =>
    `![Times of libraries over Rockpool's, ${direction}](${
      plotFile(direction)
    })`
  );
  return [
    machine,
    `${first}${missed.length > 0 ? " Short of them:" : ""}`,
    missed.map((line) => `- ${line}`).join("\n"),
    ...plots,
    markdownTable(benchTable(rows, { absent })),
  ].filter((part) => part !== "").join("\n\n");
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

/** The machine that this runs on and the libraries, in a sentence. */
export function describeMachine(
  { date, libraries = [] }: {
    date?: string;
    libraries?: readonly string[];
  },
): string {
  const cores = cpus();
  const when = date === undefined ? "" : `, ${date}`;
  return `${
    [
      `${cores.length} × ${cores[0].model.trim()}`,
      `${Deno.build.os} on ${Deno.build.arch}`,
      `Deno ${Deno.version.deno}`,
      ...libraries,
    ].join(", ")
  }${when}.`;
}
