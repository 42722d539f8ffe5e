import { agreement } from "./agreement.ts";
import { badInput } from "./bad_input.ts";
import type { Check, CheckName } from "./check.ts";
import { determinism } from "./determinism.ts";
import { emptyBatch } from "./empty_batch.ts";
import { finiteDifferences } from "./finite_differences.ts";
import { memory } from "./memory.ts";
import { seeds } from "./seeds.ts";

/** What must hold of every operator on every backend. */
export const CHECKS: Readonly<Record<CheckName, Check>> = {
  agreement,
  finiteDifferences,
  determinism,
  seeds,
  badInput,
  emptyBatch,
  memory,
};
