import type { Operation } from "./operation.ts";
import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";

/** The operations that a program is made of. */
export function operationsOf({ outputs }: Program): Set<Operation> {
  const all = topological(outputs.map(({ value }) => value));
  return new Set(all.map((x) => x.operation));
}
