import { defineCovering, eachItem, eachWindow } from "./wgsl_covering.ts";
import { isFold, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { emitLanesGather } from "./wgsl_lanes_gather.ts";
import { type WgslBody, writeName } from "./wgsl_module.ts";
import {
  defineGroup,
  indexInMemory,
  indexInPlane,
  planeBase,
  splitIndex,
} from "./wgsl_place.ts";
import { defineCounts, defineRange } from "./wgsl_ranges.ts";
import { definePlace, defineTap } from "./wgsl_taps.ts";
import { operationsOf } from "./wgsl_operations.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import type { WgslText } from "./wgsl_text.ts";
import { vectorOf } from "./wgsl_vector.ts";
import { emitTileGather } from "./wgsl_tile_gather.ts";
import { WgslValues } from "./wgsl_values.ts";

/**
 * What an invocation of a gather program does: one element of the input, for
 * which it sums over the windows that hold it, in their order.
 *
 * @throws {TypeError} where the program folds
 */
export function emitGather(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const [{ name, value }] = program.outputs;
  const fold = topological([value]).find(isFold);
  if (fold) {
    throw new TypeError(
      `Cannot emit ${program.name} as WGSL: it folds (${fold.operation}) inside a sum over windows, its folds must be read from a tensor`,
    );
  }
  if (plan.schedule.kind === "lanes") {
    return emitLanesGather(text, program, plan);
  }
  if (plan.schedule.kind === "tile") return emitTileGather(text, program, plan);
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  text.let("offset", "i32(invocation)");
  const element = { index: "offset", side: "input", prefix: "" } as const;
  splitIndex(text, plan, element);
  const at = plan.axes.map(({ letter }) => letter);
  text.let("position", indexInPlane(plan, "input", at));
  values.hoist([value], "uniform");
  const zero = values.inLanes ? `${vectorOf("f32")}()` : "0.0";
  text.line(`var total = ${zero};`);
  eachItem(text, plan, () => {
    const item = plan.sources ? "reader" : "item";
    defineGroup(text, plan, item);
    text.let("base", planeBase(plan, item, "output"));
    const loops = plan.axes.filter(({ kind }) => kind !== "unit");
    for (const axis of loops) defineCovering(text, plan, axis);
    for (const { kind, letter } of plan.axes) {
      if (kind === "unit") text.let(`at_${letter}`, letter);
    }
    eachWindow(text, plan, loops, () => {
      if (operations.has("count") || operations.has("paddedCount")) {
        for (const axis of loops) defineRange(text, plan, axis);
        defineCounts(text, plan, operations);
      }
      definePlace(text, plan, { item, operations });
      defineTap(text, plan, operations);
      const window = plan.axes.map(({ letter }) => `at_${letter}`);
      const inPlane = indexInPlane(plan, "output", window);
      text.let("window", indexInMemory(plan, "base", inPlane));
      text.line(`total += ${values.inner().lanes(value)};`);
    });
  });
  text.line(`${writeName(name)}[offset] = total;`);
  return { constants: values.constants };
}
