/**
 * A page of documentation as what its reader does: files to write and commands
 * to run, in their order.
 *
 * @module
 */

/** One fenced block of a page. */
export type GuideStep =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "commands"; readonly lines: readonly string[] }
  | { readonly kind: "output"; readonly lines: readonly string[] };

/** A step and where its block begins, from line 1. */
export type PlacedStep = GuideStep & { readonly line: number };

/**
 * Reads the steps of a page.
 *
 * A block of `sh` is commands, one of `text` what the last of them prints among
 * other lines. Any other block is a file where the text before it ends with its
 * path and a colon, "`mod.ts`:"; else it is an example, which `deno test --doc`
 * runs.
 *
 * @throws {Error} for a block without a language, or one that nobody would run
 */
export function readGuide(markdown: string): PlacedStep[] {
  const steps: PlacedStep[] = [];
  const fences = /^(`{3,})([^`\n]*)\n([\s\S]*?)^\1$/gm;
  for (const { 2: info, 3: text, index } of markdown.matchAll(fences)) {
    const line = markdown.slice(0, index).split("\n").length;
    const [language, ...attributes] = info.trim().split(" ");
    const path = markdown.slice(0, index).match(/`([^`\s]+)`:\s*$/)?.[1];
    const lines = text.trimEnd().split("\n");
    if (path !== undefined) steps.push({ kind: "file", path, text, line });
    else if (language === "sh") steps.push({ kind: "commands", lines, line });
    else if (language === "text") steps.push({ kind: "output", lines, line });
    else if (language !== "ts" || attributes.includes("ignore")) {
      throw new Error(
        `Line ${line}: nobody runs this block of "${info}": a path before it, sh, text or ts is needed`,
      );
    }
  }
  return steps;
}
