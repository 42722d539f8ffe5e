import type { PoolingOp } from "@rockpool/core";
import { type CheckName, faultsOf } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { type ConformOptions, makeSubject } from "./conform_options.ts";
import { openPlace } from "./place.ts";
import { skipReason } from "./skips.ts";
import type { TriedOp } from "./subject.ts";
import type { TestBackend } from "./test_backend.ts";

/** One thing that does not hold of an operator on a backend. */
export interface Failure {
  /** The check that it is a failure of. */
  readonly check: CheckName;
  /** The case or the misuse. */
  readonly trial: string;
  /** What is wrong. */
  readonly message: string;
}

/**
 * Everything that does not hold of an operator on a backend: what `conform`
 * registers as tests, as data.
 *
 * @example
 * ```ts
 * import { findFailures } from "@rockpool/conformance";
 * import { interpreter } from "@rockpool/kernel";
 * import { average } from "@rockpool/average";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = {
 *   name: "interpreter",
 *   open: () => Promise.resolve(interpreter()),
 * };
 * assertEquals(await findFailures(average, backend), []);
 * ```
 */
export async function findFailures<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  backend: TestBackend,
  options: ConformOptions = {},
): Promise<Failure[]> {
  const subject = makeSubject(op as unknown as TriedOp, options);
  using place = await openPlace(backend);
  const failures: Failure[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    const key = name as CheckName;
    for (const trial of check.trials(subject)) {
      const step = { check: key, backend: backend.name, case: trial.case };
      if (skipReason(options.skip ?? {}, step) !== undefined) continue;
      for (const message of await faultsOf(trial, place)) {
        failures.push({ check: key, trial: trial.name, message });
      }
    }
  }
  return failures;
}
