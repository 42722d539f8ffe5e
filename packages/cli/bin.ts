#!/usr/bin/env node
/**
 * The command `rockpool` for Node, which `npm install @rockpool/cli` brings.
 *
 * @module
 */
import process from "node:process";
import { main } from "./src/main.ts";

process.exitCode = await main(process.argv.slice(2));
