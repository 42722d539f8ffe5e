import {
  type Backend,
  loadOperator,
  type PoolingOp,
  type Session,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import type { GpuBackend } from "@rockpool/gpu";
import { builtins } from "@rockpool/rockpool";
import type { GpuCase } from "./gpu_case.ts";
import { openCopyKernel } from "./gpu_copy.ts";
import type { GpuRow } from "./gpu_row.ts";
import type { TimedDevice } from "./gpu_timer.ts";
import { median } from "./turns.ts";

/** A backend whose device is timed. */
export interface TimedBackend {
  readonly backend: GpuBackend;
  readonly timer: TimedDevice;
}

/** How often a case is timed, and how many calls are submitted together. */
export interface Repeats {
  readonly repeats: number;
  readonly batch: number;
}

/** The largest difference that rounding explains, for inputs up to 4. */
const TOLERANCE = 1e-4;

/**
 * Compares the results and, in train mode, the gradients of a case with those
 * of another backend.
 *
 * @returns the largest difference
 * @throws {Error} where one differs by more than rounding explains
 */
export async function checkCase(
  gpuCase: GpuCase,
  ours: Backend,
  reference: Backend,
): Promise<number> {
  const [got, expected] = [
    await resultsOf(gpuCase, ours),
    await resultsOf(gpuCase, reference),
  ];
  let largest = 0;
  for (const [i, tensor] of expected.entries()) {
    for (const [at, value] of tensor.data.entries()) {
      const difference = Math.abs(value - got[i].data[at]);
      if (!(difference <= TOLERANCE)) {
        throw new Error(
          `Cannot time ${gpuCase.name}: ${
            i === 0 ? "its result" : "its gradient"
          } is ${
            got[i].data[at]
          } at ${at} instead of ${value}, at most ${TOLERANCE} is rounding`,
        );
      }
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}

async function resultsOf(
  gpuCase: GpuCase,
  backend: Backend,
): Promise<Tensor[]> {
  using session = backend.session({ mode: modeOf(gpuCase) });
  const inputs = await inputsOf(gpuCase);
  const values = call(inputs, session, upload(inputs, session));
  return await Promise.all(values.map((value) => session.read(value)));
}

/**
 * Times a case: between timestamps, in a batch, and from end to end, in turn
 * with a copy of as many bytes.
 */
export async function measureGpuCase(
  gpuCase: GpuCase,
  { backend, timer }: TimedBackend,
  { repeats, batch }: Repeats,
): Promise<GpuRow> {
  const inputs = await inputsOf(gpuCase);
  const bytes = bytesOf(gpuCase, inputs.dy.shape);
  using home = backend.session();
  using copy = openCopyKernel(timer.device, bytes);
  const uploaded = upload(inputs, home);
  const { queue } = backend.device;
  const callOnce = () => {
    using session = backend.session({ mode: modeOf(gpuCase) });
    const values = {
      x: session.share(uploaded.x),
      dy: session.share(uploaded.dy),
    };
    call(inputs, session, values);
  };
  const submitCalls = () => {
    for (let i = 0; i < batch; i++) callOnce();
    // Reading this property submits all that was asked for.
    void uploaded.x.buffer;
  };
  const submitCopies = () => copy.run(batch);
  const end = async () => {
    using session = backend.session({ mode: modeOf(gpuCase) });
    const values = call(inputs, session, upload(inputs, session));
    await Promise.all(values.map((value) => session.read(value)));
  };

  const timesOf = async (submit: () => void) => {
    await queue.onSubmittedWorkDone();
    await timer.passTime();
    const start = performance.now();
    submit();
    await queue.onSubmittedWorkDone();
    const batched = (performance.now() - start) / batch;
    const passes = await timer.passTime();
    return { batched, kernel: passes === undefined ? null : passes / batch };
  };
  for (const submit of [submitCalls, submitCopies]) await timesOf(submit);
  await end();

  const calls: Awaited<ReturnType<typeof timesOf>>[] = [];
  const copies: typeof calls = [];
  const ends: number[] = [];
  for (let turn = 0; turn < repeats; turn++) {
    calls.push(await timesOf(submitCalls));
    copies.push(await timesOf(submitCopies));
    const start = performance.now();
    await end();
    ends.push(performance.now() - start);
    await timer.passTime();
  }
  const kernel = (times: typeof calls) =>
    times.every(({ kernel }) => kernel !== null)
      ? median(times.map(({ kernel }) => kernel!))
      : null;
  const batched = (times: typeof calls) =>
    median(times.map(({ batched }) => batched));
  return {
    case: gpuCase.name,
    op: gpuCase.op,
    direction: gpuCase.direction,
    kernel_ms: kernel(calls),
    batched_ms: batched(calls),
    end_to_end_ms: median(ends),
    bytes,
    copy_ms: kernel(copies) ?? batched(copies),
  };
}

/** An operator, its options, its input and what comes back for the result. */
interface Inputs {
  readonly gpuCase: GpuCase;
  readonly op: PoolingOp;
  readonly x: Tensor;
  readonly dy: Tensor;
}

const known = new WeakMap<GpuCase, Promise<Inputs>>();

function inputsOf(gpuCase: GpuCase): Promise<Inputs> {
  let inputs = known.get(gpuCase);
  if (!inputs) known.set(gpuCase, inputs = makeInputs(gpuCase));
  return inputs;
}

async function makeInputs(gpuCase: GpuCase): Promise<Inputs> {
  const op = await loadOperator(builtins, gpuCase.op) as PoolingOp;
  const options = { ...defaultsOf(op), ...gpuCase.options };
  const { shape } = gpuCase;
  return {
    gpuCase,
    op,
    x: waves(shape, 4),
    dy: waves(op.shape({ x: shape }, options), 1),
  };
}

function defaultsOf({ options }: PoolingOp): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map((
      [name, rule],
    ) => [name, (rule as { default?: unknown }).default]),
  );
}

/** Numbers up to `most` in no order, the same ones each time. */
function waves(shape: readonly number[], most: number): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => most * Math.sin(index * index * 1e-3 + index),
  );
  return { shape, data };
}

function modeOf({ direction }: GpuCase): "infer" | "train" {
  return direction === "train" ? "train" : "infer";
}

function upload<V extends Value>(
  { gpuCase, x, dy }: Inputs,
  session: Session<V>,
): { x: V; dy: V } {
  const isTrain = gpuCase.direction === "train";
  const uploaded = session.upload(x);
  return { x: uploaded, dy: isTrain ? session.upload(dy) : uploaded };
}

/** The result and, in train mode, the gradient. */
function call<V extends Value>(
  { gpuCase, op }: Inputs,
  session: Session<V>,
  { x, dy }: { x: V; dy: V },
): V[] {
  const options = gpuCase.options as never;
  const { y } = session.run(op, { x }, { options }) as { y: V };
  return gpuCase.direction === "train" ? [y, ...session.grad(y, dy, [x])] : [y];
}

/**
 * Bytes of the input and the result, and in train mode of their gradients, too.
 * What the forward pass keeps for the gradient, or is read again for it, comes
 * on top, and makes the share of a copy smaller.
 */
export function bytesOf(
  { shape, direction }: GpuCase,
  output: readonly number[],
): number {
  const once = 4 * (sizeOf(shape) + sizeOf(output));
  return direction === "train" ? 2 * once : once;
}
