import type { PoolingOp } from "@rockpool/core";
import { testBackends } from "./backends.ts";
import { type CheckName, faultsOf } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { type ConformOptions, makeSubject } from "./conform_options.ts";
import { describeFailure } from "./describe_failure.ts";
import { openPlace } from "./place.ts";
import { sharedBackend } from "./shared_backend.ts";
import { skipReason, type Skips } from "./skips.ts";
import type { Subject, TriedOp } from "./subject.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

/** How an operator is tried, and where. */
export interface ConformTestOptions extends ConformOptions {
  /** The backends; by default the CPU and the GPU by all implementations. */
  readonly backends?: readonly TestBackend[];
}

/**
 * Registers the tests that every pooling operator must pass, a test for each
 * backend and check, with a step for each case.
 *
 * What is not tried is an ignored test or step with the reason in its name.
 * What fails says so in words: the options and inputs, where, what was given,
 * what is expected, and what an author may look for.
 *
 * @throws {RangeError} where the operator accepts none of the generated cases,
 * or a skip has no reason or names no check
 *
 * @example
 * ```ts ignore
 * import { conform } from "@rockpool/conformance";
 * import { soft } from "@rockpool/soft";
 *
 * conform(soft, {
 *   skip: {
 *     finiteDifferences: {
 *       where: ({ options }) => options.gradient === "paper",
 *       reason: "the paper holds the weights constant",
 *     },
 *   },
 * });
 * ```
 */
export function conform<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  options: ConformTestOptions = {},
): void {
  const { backends = testBackends, skip = {} } = options;
  const subject = makeSubject(op as unknown as TriedOp, options);
  for (const [name, { ofInterpreter }] of Object.entries(CHECKS)) {
    const check = name as CheckName;
    // Implementations of WebGPU run the same kernels: all of them must agree
    // with the interpreter, and one is enough for the rest.
    const tried = check === "agreement" ? backends : oneOfEach(backends);
    for (const backend of ofInterpreter ? [testInterpreter] : tried) {
      register(subject, { backend, check, skip });
    }
  }
}

/** The first of the backends of each kind, such as `gpu by Dawn`. */
function oneOfEach(backends: readonly TestBackend[]): TestBackend[] {
  const kindOf = ({ name }: TestBackend) => name.split(" ")[0];
  return backends.filter((backend, index) =>
    backends.findIndex((other) => kindOf(other) === kindOf(backend)) === index
  );
}

function register(
  subject: Subject,
  { backend, check, skip }: {
    backend: TestBackend;
    check: CheckName;
    skip: Skips;
  },
): void {
  const { name: holds, trials } = CHECKS[check];
  const name = `${subject.op.name} on ${backend.name} ${holds}`;
  // What is skipped whatever the case is one ignored test, not many steps.
  const whole = { check, backend: backend.name, case: undefined };
  const skipped = backend.skip ?? skipReason(skip, whole);
  const opened = sharedBackend(backend);
  Deno.test({
    name: withReason(name, skipped),
    ignore: skipped !== undefined,
    async fn(test) {
      using place = await openPlace(opened);
      for (const trial of trials(subject)) {
        const step = { check, backend: backend.name, case: trial.case };
        const reason = skipReason(skip, step);
        await test.step({
          name: withReason(trial.name, reason),
          ignore: reason !== undefined,
          async fn() {
            const faults = await faultsOf(trial, place);
            if (faults.length === 0) return;
            const failure = { check: CHECKS[check], trial, faults };
            throw new Error(
              describeFailure(subject, { ...failure, backend: backend.name }),
            );
          },
        });
      }
    },
  });
}

function withReason(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}
