import type { BenchCase } from "./bench_case.ts";

/** A library that is timed; Rockpool itself is one. */
export interface Peer extends AsyncDisposable {
  /** What it is called in tables. */
  readonly name: string;
  /** Puts a case's input in place; undefined if the library lacks the case. */
  prepare(
    benchCase: BenchCase,
    input: Float32Array,
  ): Promise<Prepared | undefined>;
}

/** A case whose input lies where the library keeps its data. */
export interface Prepared extends AsyncDisposable {
  /** Computes the output once, in memory that is new to the caller. */
  run(): Promise<void>;
  /** Computes the output once and reads it. */
  result(): Promise<Float32Array>;
}

/** How many threads a library may use, the calling one included. */
export interface PeerOptions {
  readonly threads: number;
}
