import type { Backend, Session, Tensor, Value } from "@rockpool/core";
import type { RunPlan, Tensors } from "./plan.ts";
import { asUsage } from "./usage.ts";

/** How long the parts of one run took, in milliseconds. */
export interface RunTimes {
  /** Copying inputs, weights and the gradient of `y` to the backend. */
  readonly upload: number;
  /** The operator itself. */
  readonly compute: number;
  /** The backward pass, where there is one. */
  readonly gradient?: number;
  /** Copying outputs and gradients to host memory. */
  readonly read: number;
}

/** What a plan gave. */
export interface Outcome {
  /** The outputs of the last run. */
  readonly outputs: Tensors;
  /** The gradients of inputs and weights of the last run. */
  readonly gradients: Tensors;
  /** The times of each run. */
  readonly times: readonly RunTimes[];
}

/** What {@linkcode execute} runs a plan with. */
export interface ExecuteOptions {
  /** Where it runs. */
  readonly backend: Backend;
  /** Called after each run. */
  readonly onRun?: () => void;
}

/**
 * Does what a plan says, as often as it says.
 *
 * @throws {UsageError} where the operator refuses the numbers it is given
 * @throws {Error} where the backend fails
 */
export async function execute(
  plan: RunPlan,
  { backend, onRun }: ExecuteOptions,
): Promise<Outcome> {
  const times: RunTimes[] = [];
  let last;
  do {
    last = await runOnce(plan, backend);
    times.push(last.times);
    onRun?.();
  } while (times.length < plan.settings.runs);
  return { outputs: last.outputs, gradients: last.gradients, times };
}

async function runOnce(
  { op, options, settings, ...plan }: RunPlan,
  backend: Backend,
): Promise<Omit<Outcome, "times"> & { times: RunTimes }> {
  const { "session-seed": seed, "session-mode": mode } = settings;
  using session = backend.session({ mode, seed });
  const lap = stopwatch(session);

  const inputs = uploadAll(session, plan.inputs);
  const weights = uploadAll(session, plan.weights);
  const dy = plan.gradOutput && session.upload(plan.gradOutput);
  const upload = await lap();

  const results = await asUsage(() =>
    session.run(op, inputs, { options, weights })
  );
  const compute = await lap();

  let gradients: Record<string, Value> = {};
  let gradient: number | undefined;
  if (dy) {
    const of = Object.entries({ ...inputs, ...weights })
      .filter(([, value]) => value.dtype === "float32");
    const values = session.grad(results.y, dy, of.map(([, value]) => value));
    gradients = Object.fromEntries(of.map(([name], at) => [name, values[at]]));
    gradient = await lap();
  }

  const read = {
    outputs: await readAll(session, results),
    gradients: await readAll(session, gradients),
  };
  return { ...read, times: { upload, compute, gradient, read: await lap() } };
}

/** Gives the milliseconds since its last call, all work on the backend done. */
function stopwatch(session: Session): () => Promise<number> {
  // A read waits for what was begun before it; one number is read soon.
  const one = session.upload({ shape: [1], data: Float32Array.of(1) });
  let start = performance.now();
  return async () => {
    await session.read(one);
    const now = performance.now();
    const elapsed = now - start;
    start = now;
    return elapsed;
  };
}

function uploadAll(session: Session, tensors: Tensors): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    values[name] = session.upload(tensor);
  }
  return values;
}

async function readAll(
  session: Session,
  values: Readonly<Record<string, Value | undefined>>,
): Promise<Tensors> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value) tensors[name] = await session.read(value);
  }
  return tensors;
}
