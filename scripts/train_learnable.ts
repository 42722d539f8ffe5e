/**
 * `deno task train`: fits a network of two layers with each pooling that learns
 * to one with another such pooling, on patches of photographs, on the CPU;
 * prints how far the loss falls and writes its plot to `dist/training.svg` and
 * `dist/training.png`.
 *
 * @module
 */
import { renderSvg } from "@rockpool/cli/render-svg";
import { table } from "@rockpool/cli/table";
import { cpu } from "@rockpool/cpu";
import { fit } from "./train/fit.ts";
import { learners } from "./train/learners.ts";
import { readPatches } from "./train/patches.ts";
import { type Curve, plotCurves } from "./train/plot_curves.ts";
import { ROOT } from "./workspace.ts";

/** How each is trained. */
const TRAINING = { steps: 500, rate: 0.02 };

const patches = await readPatches(32, 16);
using backend = await cpu();
console.log(`${backend.info}, ${TRAINING.steps} steps of Adam`);

const rows = [[
  "pooling",
  "learns",
  "first loss",
  "last loss",
  "falls by",
  "s",
]];
const curves: Curve[] = [];
for (const learner of learners) {
  for (const learns of ["all", "pooling"] as const) {
    const start = performance.now();
    const losses = await fit(backend, learner, {
      patches,
      ...TRAINING,
      learns,
    });
    const seconds = (performance.now() - start) / 1000;
    const [first, last] = [losses[0], losses.at(-1)!];
    rows.push([
      learner.name,
      learns === "all" ? "all" : "the pooling alone",
      first.toPrecision(3),
      last.toPrecision(3),
      `${(first / last).toPrecision(3)}×`,
      seconds.toFixed(1),
    ]);
    curves.push({ name: learner.name, losses, isDashed: learns === "pooling" });
  }
}
console.log(`\n${table(rows)}\n`);

await Deno.mkdir(`${ROOT}dist`, { recursive: true });
const svg = plotCurves(curves);
await Deno.writeTextFile(`${ROOT}dist/training.svg`, svg);
await Deno.writeFile(`${ROOT}dist/training.png`, await renderSvg(svg));
console.log("Look at dist/training.png");
