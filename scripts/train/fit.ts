import type { Backend, Session, Tensor, Value } from "@rockpool/core";
import { Adam, type Parameters } from "./adam.ts";
import type { Learner } from "./learners.ts";
import { drawParameters, runNetwork } from "./network.ts";

/** How long and how fast is trained. */
export interface FitOptions {
  readonly steps: number;
  readonly rate: number;
  /**
   * Whether all of the network learns, or the pooling alone between
   * convolutions that are right already.
   */
  readonly learns: "all" | "pooling";
}

const CONVOLUTIONS = ["first", "second"];

const SEEDS = { teacher: 1, student: 2 };

/**
 * Fits a network with a pooling that learns to one with a pooling of other
 * parameters, on patches; gives the loss at each step: the mean square of what
 * is wrong, relative to that of what is right.
 */
export async function fit(
  backend: Backend,
  learner: Learner,
  { patches, steps, rate, learns }: FitOptions & {
    readonly patches: Tensor<Float32Array>;
  },
): Promise<number[]> {
  const teacher = learner.hidden(
    drawParameters(learner, patches, SEEDS.teacher),
  );
  const wanted = await output(backend, learner, { patches, teacher });
  const isAll = learns === "all";
  const seed = isAll ? SEEDS.student : SEEDS.teacher;
  const student = drawParameters(learner, patches, seed);
  const trained = Object.keys(student)
    .filter((name) => isAll || !CONVOLUTIONS.includes(name));
  const adam = new Adam(rate);
  const scale = meanSquare(wanted.data);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    using session = backend.session({ mode: "train" });
    const x = session.upload(patches);
    const parameters = uploadAll(session, student);
    const y = runNetwork(session, learner, { x, parameters });
    const { data } = await session.read(y);
    const wrong = Float32Array.from(data, (got, i) => got - wanted.data[i]);
    losses.push(meanSquare(wrong) / scale);
    const slope = 2 / wrong.length / scale;
    const dy = { shape: y.shape, data: wrong.map((it) => it * slope) };
    const gradients = session.grad(
      y,
      session.upload(dy),
      trained.map((name) => parameters[name]),
    );
    const read: Record<string, Tensor<Float32Array>> = {};
    for (const [index, name] of trained.entries()) {
      read[name] = await session.read(gradients[index]) as Tensor<Float32Array>;
    }
    const moving = trained.map((name) => [name, student[name]]);
    adam.step(Object.fromEntries(moving), read);
  }
  return losses;
}

async function output(
  backend: Backend,
  learner: Learner,
  { patches, teacher }: {
    readonly patches: Tensor;
    readonly teacher: Parameters;
  },
): Promise<Tensor> {
  using session = backend.session();
  const x = session.upload(patches);
  const parameters = uploadAll(session, teacher);
  return await session.read(runNetwork(session, learner, { x, parameters }));
}

function uploadAll(
  session: Session,
  parameters: Parameters,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(parameters)
      .map(([name, tensor]) => [name, session.upload(tensor)]),
  );
}

function meanSquare(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] ** 2;
  return sum / data.length;
}
