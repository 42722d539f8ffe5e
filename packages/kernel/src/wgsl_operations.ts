import type { Operation } from "./operation.ts";
import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";

const known = new WeakMap<Program, ReadonlySet<Operation>>();

/** The operations that a program is made of. */
export function operationsOf(program: Program): ReadonlySet<Operation> {
  let operations = known.get(program);
  if (!operations) {
    const all = topological(program.outputs.map(({ value }) => value));
    operations = new Set(all.map((x) => x.operation));
    known.set(program, operations);
  }
  return operations;
}
