import type { AnyPoolingOp, Tensor } from "@rockpool/core";

/** An operator of Rockpool with all that it is run with, but for `x`. */
export interface NodePlan {
  /** What computes the node. */
  readonly op: AnyPoolingOp;
  /** The operator's options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Its further inputs. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What the output `indices` counts, where there is one. */
  readonly indices?: IndexPlane;
}

/** What positions in a plane count. */
export interface IndexPlane {
  /** Spatial lengths of the plane that the operator reads. */
  readonly read: readonly number[];
  /** Spatial lengths of the node's input. */
  readonly input: readonly number[];
  /** Where the input begins in the plane that is read. */
  readonly before: readonly number[];
  /** Whether the first spatial axis is the fastest, not the last. */
  readonly columnMajor: boolean;
}
