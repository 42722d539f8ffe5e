import type { EigenKernel } from "@rockpool/core";
import { eigenScratch, emitWatEigen } from "./wat_eigen.ts";

/** How the CPU finds eigenvalues. */
export interface WatEigenKernel extends EigenKernel {
  /** Gives the module. */
  readonly emitWat: typeof emitWatEigen;
  /** Gives the memory that it needs. */
  readonly scratch: typeof eigenScratch;
}

/**
 * What finds the eigenvalues of x xᵀ, for `eigen` of a session.
 *
 * The CPU's kernel is a tenth of an application with one operator. Since it
 * comes from operators, only those have it that use it.
 */
export const eigenKernel: WatEigenKernel = {
  name: "eigen",
  emitWat: emitWatEigen,
  scratch: eigenScratch,
};
