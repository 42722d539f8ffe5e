import { didYouMean } from "@rockpool/core";
import type { CheckName } from "./check.ts";
import { CHECKS } from "./checks.ts";
import type { ConformanceCase } from "./subject.ts";

/** What is left out of a check, and why. */
export interface SkippedPart {
  /** Why, for the name of the test. */
  readonly reason: string;
  /** The backend's name; all of them by default. */
  readonly backend?: string;
  /** Which cases; all of them by default, and steps that are about none. */
  readonly where?: (trial: ConformanceCase) => boolean;
}

/**
 * Checks that are not made, by name, each with its reason: all of a check, or
 * parts of it.
 */
export type Skips = {
  readonly [Name in CheckName]?: string | SkippedPart | readonly SkippedPart[];
};

/**
 * Checks that skips name checks that there are, and give reasons.
 *
 * @throws {RangeError} for an unknown name or an empty reason
 */
export function assertSkips(skips: Skips): void {
  for (const name of Object.keys(skips)) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw new RangeError(
        `Cannot skip "${name}": it is no check${
          didYouMean(name, Object.keys(CHECKS))
        }`,
      );
    }
    const parts = partsOf(skips, name as CheckName);
    if (parts.length > 0 && parts.every(({ reason }) => reason?.trim())) {
      continue;
    }
    throw new RangeError(
      `Cannot skip "${name}" without a reason: a sentence for the name of the test is needed`,
    );
  }
}

/** A step of a check, as far as skips tell steps apart. */
export interface SkippableStep {
  /** The check. */
  readonly check: CheckName;
  /** The backend's name. */
  readonly backend: string;
  /** The case, if it is about one. */
  readonly case: ConformanceCase | undefined;
}

/** Why a step is not tried; undefined where it is. */
export function skipReason(
  skips: Skips,
  step: SkippableStep,
): string | undefined {
  return partsOf(skips, step.check).find(({ backend, where }) =>
    (backend ?? step.backend) === step.backend &&
    (!where || (step.case !== undefined && where(step.case)))
  )?.reason;
}

function partsOf(skips: Skips, check: CheckName): readonly SkippedPart[] {
  const skip = skips[check] ?? [];
  return [skip].flat().map((part) =>
    typeof part === "string" ? { reason: part } : part as SkippedPart
  );
}
