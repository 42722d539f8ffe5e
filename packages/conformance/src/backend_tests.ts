import type { Backend } from "@rockpool/core";
import { testBackends } from "./backends.ts";
import { sharedBackend } from "./shared_backend.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

/** Runs a test on an open backend; `test` is for its steps. */
export type BackendTest = (
  backend: Backend,
  test: Deno.TestContext,
) => void | Promise<void>;

/**
 * Makes a function that registers a test once for each backend, by default the
 * interpreter and all others.
 *
 * What cannot run on a backend is ignored there, with the reason in its name.
 *
 * @param subject What is tested, for the names of the tests.
 *
 * @example Usage
 * ```ts ignore
 * import { soft } from "@rockpool/soft";
 * import { backendTests } from "@rockpool/conformance";
 * import { assertEquals } from "@std/assert";
 *
 * const test = backendTests("soft");
 *
 * test("keeps a constant", async (backend) => {
 *   using session = backend.session();
 *   const x = session.upload({ shape: [1, 2], data: Float32Array.of(3, 3) });
 *   const options = { axes: 1, kernelSize: 2 };
 *   const { y } = session.run(soft, { x }, { options });
 *   assertEquals([...(await session.read(y)).data], [3]);
 * });
 * ```
 */
export function backendTests(
  subject: string,
  backends: readonly TestBackend[] = [testInterpreter, ...testBackends],
): (what: string, run: BackendTest) => void {
  return (what, run) => {
    for (const { name, open, skip } of backends.map(sharedBackend)) {
      const reason = skip === undefined ? "" : ` (skipped: ${skip})`;
      Deno.test({
        name: `${subject} on ${name} ${what}${reason}`,
        ignore: skip !== undefined,
        async fn(test) {
          using backend = await open();
          await run(backend, test);
        },
      });
    }
  };
}
