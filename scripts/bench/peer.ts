import type { BenchCase } from "./bench_case.ts";
import type { BenchData } from "./bench_data.ts";
import type { TurnCalls } from "./turns.ts";

/** A library that is timed; Rockpool itself is one. */
export interface Peer extends AsyncDisposable {
  /** What it is called in tables. */
  readonly name: string;
  /** Its version, for people. */
  readonly version: string;
  /** Puts a case's inputs in place; undefined if the library lacks the case. */
  prepare(
    benchCase: BenchCase,
    data: BenchData,
  ): Promise<Prepared | undefined>;
}

/** A case whose inputs lie where the library keeps its data. */
export interface Prepared extends AsyncDisposable {
  /**
   * Calls that warm up, then calls that are timed; milliseconds of one of
   * them. Each computes its results in memory that is new to the caller.
   */
  turn(calls: TurnCalls): Promise<number>;
  /** The output, and in train cases the gradients of {@linkcode learnsFrom}. */
  results(): Promise<Float32Array[]>;
}

/** How many threads a library may use, the calling one included. */
export interface PeerOptions {
  readonly threads: number;
}

/** The inputs whose gradients are part of a train case. */
export function learnsFrom({ op }: Pick<BenchCase, "op">): string[] {
  return op === "local-importance" ? ["x", "logit"] : ["x"];
}
