import type { Backend, Tensor, Value } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { randomFrom, type TestCall, tiedTensor } from "./test_calls.ts";

/** How far a result may be from the interpreter's: `absolute + relative · |x|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** For float32 sums of a few dozen terms, and the GPU's own exp, log and pow. */
export const TOLERANCE: Tolerance = { absolute: 2e-5, relative: 2e-4 };

/** All outputs of a call and, in train mode, all gradients of those in float32. */
export async function evaluate(
  backend: Backend,
  call: TestCall,
): Promise<Record<string, Tensor>> {
  const { kernel, windows, tensors, scalars, mode = "train" } = call;
  using session = backend.session({ seed: 2 ** 32 - 5, mode });
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    values[name] = session.upload(tensor);
  }
  const results = { ...session.window(kernel, { values, scalars }, windows) };
  const all: Record<string, Value> = { ...results };
  const random = randomFrom(1);
  const dy = session.upload(tiedTensor(random, windows.outputShape));
  for (const [output, y] of Object.entries(results)) {
    if (y.dtype !== "float32" || mode !== "train") continue;
    const gradients = session.grad(y, dy, Object.values(values));
    for (const [index, name] of Object.keys(values).entries()) {
      all[`d${output}/d${name}`] = gradients[index];
    }
  }
  const read = await Promise.all(
    Object.entries(all).map(async ([name, value]) =>
      [name, await session.read(value)] as const
    ),
  );
  return Object.fromEntries(read);
}

/** What differs between a backend and the interpreter, a line for each tensor. */
export async function differences(
  backend: Backend,
  call: TestCall,
  tolerance: Tolerance = TOLERANCE,
): Promise<string[]> {
  using oracle = interpreter();
  const expected = await evaluate(oracle, call);
  const got = await evaluate(backend, call);
  return Object.entries(expected).flatMap(([name, tensor]) => {
    const fault = difference(got[name], tensor, tolerance);
    return fault ? [`${name} of ${call.name}: ${fault}`] : [];
  });
}

function difference(
  got: Tensor,
  expected: Tensor,
  { absolute, relative }: Tolerance,
): string | undefined {
  const isExact = expected.data instanceof Int32Array;
  for (const [index, want] of expected.data.entries()) {
    const have = got.data[index];
    if (Object.is(have, want) || have === want) continue;
    const most = isExact ? 0 : absolute + relative * Math.abs(want);
    if (!(Math.abs(have - want) <= most)) {
      return `${have} instead of ${want} at ${index}`;
    }
  }
  return undefined;
}
