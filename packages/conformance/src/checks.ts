import { agreement } from "./agreement.ts";
import { badInput } from "./bad_input.ts";
import type { Check, CheckName } from "./check.ts";
import { determinism } from "./determinism.ts";
import { emptyBatch } from "./empty_batch.ts";
import { extremes } from "./extremes.ts";
import { finiteDifferences } from "./finite_differences.ts";
import { memory } from "./memory.ts";
import { nan } from "./nan.ts";
import { purity } from "./purity.ts";
import { seeds } from "./seeds.ts";
import { shapes } from "./shapes.ts";

/** What must hold of every operator on every backend. */
export const CHECKS: Readonly<Record<CheckName, Check>> = {
  shapes,
  agreement,
  finiteDifferences,
  nan,
  determinism,
  seeds,
  purity,
  extremes,
  badInput,
  emptyBatch,
  memory,
};
