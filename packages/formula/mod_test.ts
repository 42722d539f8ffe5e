import {
  conform,
  makeTensor,
  testBackends,
  testCpu,
} from "@rockpool/conformance";
import { formula } from "./mod.ts";

conform(
  formula(
    `
    z = input()
    beta = option(1, min = 0.5, max = 2)
    gain = learn(1, per channel, min = 0)
    filter = learn(0.5, per position)
    w = exp(beta * z)
    gain * sum(w * filter * tanh(x)) / sum(w) + max(x)`,
    { name: "many-inputs" },
  ),
  {
    // Both GPUs run what is restated of the built-in operators.
    backends: testBackends.filter(({ name }) =>
      name !== "gpu by navigator.gpu"
    ),
    skip: {
      finiteDifferences: {
        where: ({ options }) => options.padding !== 0 && options.dilation !== 1,
        reason: "the formula is 0 / 0 in a window without elements",
      },
      extremes: {
        where: ({ options }) => Math.abs(Number(options.filter)) >= 1000,
        reason: "what large weights multiply cancels but for rounding errors",
      },
    },
  },
);

/** What keeps inputs away from 0, where a relu has no slope. */
const OFFSET = 2 ** -10;

// Draws are made of integers, the same everywhere: the CPU stands for all.
conform(
  formula(
    `
    noise = option(0.5, min = 0, max = 2)
    a = relu(x)
    drawn = at(x, draw(a)) + noise * random()
    training ? drawn : max(a) > 0 ? sum(a ^ 2) / sum(a) : 0`,
    { name: "noisy-draw" },
  ),
  {
    backends: [testCpu],
    random: true,
    inputs({ shape, data: kind, random }) {
      const { data } = makeTensor(shape, { random, kind });
      const offset = kind === "spread" ? OFFSET : 0;
      return { x: { shape, data: data.map((x) => x + offset) } };
    },
    skip: {
      nan: "relu() and draws take NaN for 0",
      seeds: {
        where: ({ options }) =>
          options.training === false || options.noise === 0,
        reason: "nothing is drawn, or there is little to choose from",
      },
    },
  },
);
