import { assert } from "@std/assert";
import { cpu } from "@rockpool/cpu";
import { fit } from "./fit.ts";
import { learners } from "./learners.ts";
import { readPatches } from "./patches.ts";

const patches = await readPatches(32, 16);

/** How far the loss must fall in a hundred steps. */
const FALLS = { all: 10, pooling: 2 };

for (const learner of learners) {
  for (const learns of ["all", "pooling"] as const) {
    const what = learns === "all" ? "a network with it" : "the pooling alone";
    Deno.test(`gradients train ${learner.name}: ${what}`, async () => {
      using backend = await cpu();
      const training = { patches, steps: 100, rate: 0.02, learns };
      const losses = await fit(backend, learner, training);
      const falls = losses[0] / losses.at(-1)!;
      assert(falls > FALLS[learns], `the loss falls by ${falls}`);
    });
  }
}
