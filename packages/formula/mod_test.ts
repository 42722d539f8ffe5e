import { conform, testCpu } from "@rockpool/conformance";
import { formula } from "./mod.ts";

conform(formula(
  `
  z = input()
  beta = option(1, min = 0.5, max = 2)
  gain = learn(1, per channel, min = 0)
  filter = learn(0.5, per position)
  w = exp(beta * z)
  gain * sum(w * filter * tanh(x)) / sum(w) + max(x)`,
  { name: "many-inputs" },
));

// Draws are integers, the same everywhere: one backend shows it for all.
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
    skip: [
      {
        check: "seeds",
        where: ({ options }) =>
          options.training === false || options.noise === 0,
        reason: "it does not draw, or one element can be drawn alone",
      },
    ],
  },
);
