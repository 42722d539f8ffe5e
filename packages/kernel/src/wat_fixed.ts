import type { WatFrame } from "./wat_frame.ts";

/** A kernel that is the same for all calls, as WebAssembly text. */
export interface WatFixed {
  /** The module: it imports `env.memory` and exports `run(arguments, begin, end)`. */
  readonly text: string;
  /** The names of the integers of the block `arguments`, in order. */
  readonly fields: readonly string[];
  /** Instructions that few kernels need, for who assembles it. */
  readonly instructions?: readonly OpcodeRow[];
}

/**
 * Instructions in the order of their opcodes, from the first one on, a byte or a
 * prefix and a number: a dash stands for opcodes that no kernel needs. Where the
 * first word ends with a dot, all others begin with it.
 */
export type OpcodeRow = readonly [first: readonly number[], names: string];

/** How the text of a module begins. */
export interface WatHead {
  /** Whether threads share the memory. */
  readonly shared: boolean;
  /** What the kernel makes, or is. */
  readonly comment: string;
}

/** The text of a module of some functions. */
export function moduleText(
  parts: readonly string[],
  { shared, comment }: WatHead,
): string {
  const memory = shared ? "(memory 1 65536 shared)" : "(memory 1 65536)";
  return [
    `;; ${comment}`,
    "(module",
    `  (import "env" "memory" ${memory})`,
    ...parts,
    ")",
    "",
  ].join("\n");
}

/** The kernel of one function. */
export function fixedKernel(frame: WatFrame, head: WatHead): WatFixed {
  return { text: moduleText([frame.frameText()], head), fields: frame.fields };
}
