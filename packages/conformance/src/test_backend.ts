import type { Backend } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";

/** A backend that operators are tried on. */
export interface TestBackend {
  /** Its name in the names of tests. */
  readonly name: string;
  /** Opens it. */
  open(): Promise<Backend>;
  /** Opens one that must give the same bits. */
  openTwin?(): Promise<Backend>;
  /**
   * Whether the tests of a module share one, which is closed after them: so
   * they do where compiling takes long and each backend has to compile anew.
   */
  readonly isShared?: boolean;
  /** Why nothing is tried on it. */
  readonly skip?: string;
}

/** The interpreter, which every other backend is compared to. */
export const testInterpreter: TestBackend = {
  name: "interpreter",
  open: () => Promise.resolve(interpreter()),
};
