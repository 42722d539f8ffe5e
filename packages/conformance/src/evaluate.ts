import type {
  Backend,
  Mode,
  Results,
  Session,
  Tensor,
  Value,
} from "@rockpool/core";
import { makeTensor } from "./make_tensor.ts";
import { makeRandom } from "./random.ts";
import {
  type ConformanceCase,
  inputsOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** How a case is run. */
export interface RunChoice {
  /** `"train"` (the default) gives gradients too. */
  readonly mode?: Mode;
  /** 1 by default. */
  readonly seed?: number;
}

/** Tensors by name: outputs by their own, `gradient of x` for gradients. */
export type Evaluation = Record<string, Tensor>;

/** All outputs of a case on a backend and, in train mode, all gradients. */
export async function evaluate(
  backend: Backend,
  trial: ConformanceCase,
  { subject, mode = "train", seed = 1 }: RunChoice & { subject: Subject },
): Promise<Evaluation> {
  using session = backend.session({ mode, seed });
  const { results, variables } = runCase(session, trial, subject);
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(results)) {
    if (value) values[name] = value;
  }
  if (mode === "train") {
    const dy = session.upload(gradOutputFor(results.y));
    const gradients = session.grad(results.y, dy, Object.values(variables));
    for (const [index, name] of Object.keys(variables).entries()) {
      values[`gradient of ${name}`] = gradients[index];
    }
  }
  const tensors = Object.entries(values)
    .map(async ([name, value]) => [name, await session.read(value)] as const);
  return Object.fromEntries(await Promise.all(tensors));
}

/** What a case gave, and what it can be differentiated by. */
export interface CaseRun {
  readonly results: Results;
  /** The inputs and weights that are float32. */
  readonly variables: Readonly<Record<string, Value>>;
}

/** Uploads a case and runs it. */
export function runCase(
  session: Session,
  trial: ConformanceCase,
  subject: Subject,
): CaseRun {
  const inputs = inputsOf(subject, trial);
  return runTensors(session, {
    subject,
    options: trial.options,
    inputs,
    weights: weightsOf(subject, trial, inputs),
  });
}

/** An operator with all that it reads. */
export interface TensorRun {
  readonly subject: Subject;
  readonly options: ConformanceCase["options"];
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** Uploads tensors and runs an operator on them. */
export function runTensors(session: Session, run: TensorRun): CaseRun {
  const inputs = uploadAll(session, run.inputs);
  const weights = uploadAll(session, run.weights);
  const { options, subject: { op } } = run;
  const results = session.run(op, inputs, { options, weights });
  const variables = Object.fromEntries(
    Object.entries({ ...inputs, ...weights })
      .filter(([, value]) => value.dtype === "float32"),
  );
  return { results, variables };
}

/** Copies tensors to a session, by name. */
export function uploadAll(
  session: Session,
  tensors: Readonly<Record<string, Tensor>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(tensors)
      .map(([name, tensor]) => [name, session.upload(tensor)]),
  );
}

/** A gradient to arrive at an output. */
export function gradOutputFor({ shape }: Value): Tensor<Float32Array> {
  return makeTensor(shape, { random: makeRandom(3) });
}
