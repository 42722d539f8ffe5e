import type { AnyPoolingOp, Tensor } from "@rockpool/core";
import { detailPreserving } from "@rockpool/detail-preserving";
import { dynamicOptimized } from "@rockpool/dynamic-optimized";
import { randomWord, unitInterval } from "@rockpool/kernel";
import { localImportance } from "@rockpool/local-importance";
import type { Parameters } from "./adam.ts";
import type { Pooling } from "./network.ts";

/** A pooling whose parameters are to be found again. */
export interface Learner extends Pooling {
  /** What it is called in the plot. */
  readonly name: string;
  /** The parameters of the pooling that is imitated, from initial ones. */
  hidden(initial: Parameters): Parameters;
}

/** The operators that learn, each with what it has to find. */
export const learners: readonly Learner[] = [
  learner("detail-preserving", detailPreserving, {
    options: { kernelSize: 4, guide: "full" },
    hidden: { alpha: (_, i) => -3 + 0.2 * i, lambda: (_, i) => 1.2 - 0.1 * i },
  }),
  learner("local-importance, simplified", localImportance, {
    options: { kernelSize: 4, stride: 4, padding: 0, logit: "simplified" },
    hidden: { conv: (_, i) => noise(7, i), gamma: () => 0.5 },
  }),
  learner("local-importance, bottleneck", localImportance, {
    options: {
      kernelSize: 4,
      stride: 4,
      padding: 0,
      logit: "bottleneck",
      bottleneckWidth: 8,
    },
    hidden: { conv3: (_, i) => noise(8, i), gamma3: () => 0.5 },
  }),
  learner("dynamic-optimized", dynamicOptimized, {
    options: { alpha: 4, delta: "learned" },
    hidden: { alpha: (_, i) => 3.2 - 0.6 * i, delta: () => 1.5 },
  }),
];

/** What an element of a parameter is to become. */
type Change = (initial: number, index: number) => number;

function learner(
  name: string,
  op: object,
  { options, hidden }: {
    readonly options: object;
    readonly hidden: Readonly<Record<string, Change>>;
  },
): Learner {
  return {
    name,
    op: op as AnyPoolingOp,
    options,
    hidden: (initial) =>
      Object.fromEntries(
        Object.entries(initial).map(([name, { shape, data }]) => {
          const change = hidden[name] ?? ((x: number) => x);
          const moved: Tensor<Float32Array> = { shape, data: data.map(change) };
          return [name, moved];
        }),
      ),
  };
}

/** Numbers between −½ and ½ by a seed. */
function noise(seed: number, index: number): number {
  return unitInterval(randomWord({ seed, stream: 0 }, 0, index)) - 0.5;
}
