import type { PoolingOp } from "./op.ts";

/**
 * The version of the contract between operators, kernels, sessions and
 * backends: that of the `@rockpool/core` which changed it last.
 *
 * An operator that is published carries it as `contract: CONTRACT`: the copy of
 * this package that the operator was installed with says which one it was made
 * for, and a session of a backend with another copy compares.
 */
export const CONTRACT: string = "0.1.0";

/**
 * Checks that an operator was made for this contract or an older one that it
 * includes; npm's caret says which those are. One without a version passes.
 *
 * Two copies of this package may live in one process: the version is compared,
 * not the copy.
 *
 * @throws {TypeError} where it was made for another contract
 */
export function checkContract(
  { name, contract }: Pick<PoolingOp, "name" | "contract">,
  here: string = CONTRACT,
): void {
  if (contract === undefined || includesContract(here, contract)) return;
  throw new TypeError(
    `Cannot run ${name}: it was made for version ${contract} of the contract of @rockpool/core, and this session has version ${here}: versions of its package and of the backend that go together are needed`,
  );
}

/** Whether a version is in the range `^other`. */
function includesContract(version: string, other: string): boolean {
  const [here, there] = [version, other].map((it) => it.split(".").map(Number));
  const leading = there.findIndex((part) => part > 0);
  const fixed = leading < 0 ? there.length : leading + 1;
  for (const [index, part] of there.entries()) {
    if (here[index] !== part) return index >= fixed && here[index] > part;
  }
  return true;
}
