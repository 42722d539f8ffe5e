import type { Value } from "@rockpool/core";
import type { WatFixed } from "./wat_fixed.ts";

/** A value in the memory of kernels. */
export interface PlacedValue extends Value {
  /** Where it lies. */
  readonly address: number;
}

/** Gives the text of a kernel that is the same for all calls. */
export type FixedEmitter = (
  options: { readonly shared: boolean },
) => WatFixed;

/** What such a kernel is run with. */
export interface FixedCall {
  /** Its arguments by the names of its fields. */
  readonly values: Readonly<Record<string, number>>;
  /** What threads divide among themselves. */
  readonly count: number;
  /** How much there is to do in all, in additions or copied numbers. */
  readonly work: number;
}

/** What runs such kernels: the CPU, during one call of a primitive. */
export interface WatMachine {
  /** How many threads are worth it for so much work. */
  threadsFor(work: number): number;
  /** The address of memory that is freed when the call is done. */
  allocate(bytes: number): number;
  /** The same, with numbers in it. */
  place(data: Int32Array | Float32Array): number;
  /** The integer at an address. */
  look(address: number): number;
  /** Runs a kernel on one thread or all. */
  run(emit: FixedEmitter, call: FixedCall): void;
}

/**
 * How the CPU does what a device is asked for. It is given with each call, since
 * only operators that ask for it bring it along.
 */
export type WatWork<Call, Result = void> = (
  machine: WatMachine,
  call: Call,
) => Result;
