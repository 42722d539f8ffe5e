import type { OptionSpec } from "@rockpool/core";
import type { FlagSpec } from "./arguments.ts";
import { formulaFlag } from "./formula_operator.ts";
import { pluginFlag } from "./plugins.ts";

/** How `rockpool run` runs an operator, whichever it is. */
export interface RunSettings {
  /** Where it runs. */
  readonly backend: "cpu" | "gpu" | "interpreter";
  /** Threads of the CPU backend; null is as many as the machine has. */
  readonly threads: number | null;
  /** Which kind of adapter the GPU backend takes. */
  readonly adapter: "default" | "software";
  /** What it runs for. */
  readonly "session-mode": "train" | "infer";
  /** Key of all random numbers. */
  readonly "session-seed": number;
  /** How many times it runs. */
  readonly runs: number;
  /** The language to print its kernels in. */
  readonly "print-kernel": "none" | "wat" | "wgsl";
  /** Whether to print a report for programs. */
  readonly json: boolean;
}

/** The rules for {@linkcode RunSettings}. */
export const settingRules: OptionSpec<RunSettings> = {
  backend: {
    kind: "choice",
    choices: ["cpu", "gpu", "interpreter"],
    default: "cpu",
    help: "where it runs; the interpreter is slow and in double precision",
  },
  threads: {
    kind: "integer",
    min: 1,
    nullable: true,
    default: null,
    help: "threads of the CPU backend; null is as many as the machine has",
  },
  adapter: {
    kind: "choice",
    choices: ["default", "software"],
    default: "default",
    help: "what the GPU backend runs on: a GPU, or a driver in software",
  },
  "session-mode": {
    kind: "choice",
    choices: ["train", "infer"],
    default: "infer",
    help: "what it runs for; --grad-output needs and implies train",
  },
  "session-seed": {
    kind: "integer",
    min: 0,
    max: 2 ** 32 - 1,
    default: 0,
    help: "key of all random numbers",
  },
  runs: {
    kind: "integer",
    min: 1,
    default: 1,
    help: "how many times it runs, to time it warm; the last result counts",
  },
  "print-kernel": {
    kind: "choice",
    choices: ["none", "wat", "wgsl"],
    default: "none",
    help: "prints the kernels; it runs only where a file is to be written",
  },
  json: {
    kind: "boolean",
    default: false,
    help: "prints shapes, backend and times in milliseconds as JSON",
  },
};

/** The flags of files for the tensor that each role has most often. */
export const fileFlags: FlagSpec = {
  output: { kind: "text", short: "o", help: "file to write the output y to" },
  "grad-output": {
    kind: "text",
    help: "file of the gradient of y, to start the backward pass from",
  },
  "grad-input": {
    kind: "text",
    help: "file to write the gradient of the first input to",
  },
};

/** The flags of files for any tensor; NAME is the tensor's. */
export const namedFileFlags: FlagSpec = {
  "input.NAME": { kind: "text", help: "file of another input" },
  "weight.NAME": { kind: "text", help: "file of a weight" },
  "output.NAME": { kind: "text", help: "file to write another output to" },
  "grad-input.NAME": {
    kind: "text",
    help: "file to write the gradient of another input to",
  },
  "grad-weight.NAME": {
    kind: "text",
    help: "file to write the gradient of a weight to",
  },
};

/**
 * The flag of an option: its name, or `option.NAME` where the command has a flag
 * of that name itself.
 */
export function flagOfOption(name: string): string {
  const own = {
    ...settingRules,
    ...fileFlags,
    ...formulaFlag,
    ...pluginFlag,
  };
  return Object.hasOwn(own, name) ? `option.${name}` : name;
}

/** The flags for the options of an operator. */
export function optionFlags(options: FlagSpec): FlagSpec {
  return Object.fromEntries(
    Object.entries(options).map(([name, rule]) => [flagOfOption(name), rule]),
  );
}

/** The flags for files that some arguments give, such as `input.indices`. */
export function givenNamedFlags(args: readonly string[]): FlagSpec {
  const flags: Record<string, FlagSpec[string]> = {};
  for (const arg of args) {
    const [, flag, role] = arg.match(/^--(([a-z-]+)\.[^=.]+)(?:=|$)/) ?? [];
    const rule = namedFileFlags[`${role}.NAME`];
    if (rule) flags[flag] = rule;
  }
  return flags;
}
