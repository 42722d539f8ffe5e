import { interpreter } from "@rockpool/kernel";
import { evaluate, type Evaluation, type RunChoice } from "./evaluate.ts";
import type { ConformanceCase, Subject } from "./subject.ts";

const known = new WeakMap<ConformanceCase, Map<string, Evaluation>>();

/** What the interpreter gives for a case, computed once for all backends. */
export async function expectedOf(
  trial: ConformanceCase,
  choice: RunChoice & { subject: Subject },
): Promise<Evaluation> {
  const runs = known.get(trial) ?? new Map<string, Evaluation>();
  known.set(trial, runs);
  const key = `${choice.mode} ${choice.seed}`;
  let evaluation = runs.get(key);
  if (!evaluation) {
    using oracle = interpreter();
    evaluation = await evaluate(oracle, trial, choice);
    runs.set(key, evaluation);
  }
  return evaluation;
}
