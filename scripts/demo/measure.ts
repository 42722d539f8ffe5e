import type { Backend, Tensor, Value } from "@rockpool/core";
import type { Showing } from "./showings.ts";

/** What an operator gave, and how long it took in milliseconds. */
export interface Measured {
  readonly y: Tensor;
  /** The first pass, which compiles the kernel. */
  readonly first: number;
  /** The median of the passes after it. */
  readonly median: number;
}

const PASSES = 9;

/** Runs an operator and reads `y` back, several times; its inputs are in place. */
export async function measure(
  { op, inputs, options }: Showing,
  backend: Backend,
): Promise<Measured> {
  using session = backend.session();
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    values[name] = session.upload(tensor);
  }
  const pass = async () => {
    const start = performance.now();
    const y = await session.read(session.run(op, values, { options }).y);
    return { y, time: performance.now() - start };
  };
  const { y, time: first } = await pass();
  const times: number[] = [];
  while (times.length < PASSES) times.push((await pass()).time);
  times.sort((a, b) => a - b);
  return { y, first, median: times[(PASSES - 1) / 2] };
}

/**
 * The largest absolute difference of two tensors of one shape; NaN where only
 * one of them has a NaN.
 */
export function largestDifference(a: Tensor, b: Tensor): number {
  let largest = 0;
  for (const [index, value] of a.data.entries()) {
    const other = b.data[index];
    if (Object.is(value, other)) continue;
    largest = Math.max(largest, Math.abs(value - other));
  }
  return largest;
}
