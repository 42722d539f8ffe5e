import { WORKGROUP_SIZE } from "./wgsl_module.ts";

/** Waits until all invocations see what the others wrote. */
export function barrier(indent: number): string {
  return ["storageBarrier();", "workgroupBarrier();"]
    .map((line) => " ".repeat(indent) + line).join("\n");
}

/** The head of a loop over elements, which invocations take in turn. */
export function forEachElement(count: string): string {
  return `for (var at = lane; at < ${count}; at += ${WORKGROUP_SIZE}u)`;
}

/** Adds what the other invocations of a vector or pair found. */
export function sumParts(
  total: string,
  member: string,
  indent: string,
): string {
  return `${indent}${total} = partial[own]${member};
${indent}for (var i = 1u; i < call.parts; i++) {
${indent}  ${total} += partial[own + i * width]${member};
${indent}}`;
}

/** Combines a number of each invocation into `word`. */
export function reduceWord(
  name: string,
  combine: (a: string, b: string) => string,
  indent = "  ",
): string {
  return `${indent}lane_words[lane] = ${name};
${indent}workgroupBarrier();
${indent}if (lane == 0u) {
${indent}  word = lane_words[0];
${indent}  for (var i = 1u; i < ${WORKGROUP_SIZE}u; i++) {
${indent}    word = ${combine("word", "lane_words[i]")};
${indent}  }
${indent}}`;
}
