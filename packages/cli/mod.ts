#!/usr/bin/env -S deno run -A
/**
 * The command line of Rockpool: `rockpool list`, `rockpool info soft` and
 * `rockpool run soft photo.png --kernelSize 3 -o out.png`.
 *
 * @module
 */
import process from "node:process";
import { main } from "./src/main.ts";

export type { Streams } from "./src/command.ts";
export { main };

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
