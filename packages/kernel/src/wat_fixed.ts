import type { WatFrame } from "./wat_frame.ts";

/** A kernel that is the same for all calls, as WebAssembly text. */
export interface WatFixed {
  /** The module: it imports `env.memory` and exports `run(arguments, begin, end)`. */
  readonly text: string;
  /** The names of the integers of the block `arguments`, in order. */
  readonly fields: readonly string[];
}

/** The kernel of a function, with a comment that says what it makes. */
export function fixedKernel(
  frame: WatFrame,
  { shared, comment }: { readonly shared: boolean; readonly comment: string },
): WatFixed {
  const memory = shared ? "(memory 1 65536 shared)" : "(memory 1 65536)";
  const text = [
    `;; ${comment}`,
    "(module",
    `  (import "env" "memory" ${memory})`,
    frame.frameText(),
    ")",
    "",
  ].join("\n");
  return { text, fields: frame.fields };
}
