import { foldPasses, type Program } from "./program.ts";
import { usualCase } from "./usual_case.ts";
import { emitCases, formulasOf } from "./wgsl_cases.ts";
import { accumulate } from "./wgsl_folds.ts";
import { emitLanesWindow } from "./wgsl_lanes_window.ts";
import { type WgslBody, writeName } from "./wgsl_module.ts";
import { operationsOf } from "./wgsl_operations.ts";
import { defineGroup, planeBase, splitIndex } from "./wgsl_place.ts";
import { defineCounts, defineRange, defineStart } from "./wgsl_ranges.ts";
import { defineElement, definePlace, eachTap } from "./wgsl_taps.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { emitTeamWindow } from "./wgsl_team_window.ts";
import type { WgslText } from "./wgsl_text.ts";
import { emitTileWindow } from "./wgsl_tile_window.ts";
import { WgslValues } from "./wgsl_values.ts";

/**
 * What an invocation of a window program does: one window, pass by pass, or the
 * same of four channels.
 */
export function emitWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  if (plan.schedule.kind === "lanes") {
    return emitLanesWindow(text, program, plan);
  }
  if (plan.schedule.kind === "team") return emitTeamWindow(text, program, plan);
  if (plan.schedule.kind === "tile") return emitTileWindow(text, program, plan);
  const operations = operationsOf(program);
  const usual = usualCase(program);
  const others = usual ? formulasOf(usual) : [];
  const values = WgslValues.of(program, plan, text, others);
  text.let("window", "i32(invocation)");
  splitIndex(text, plan, { index: "window", side: "output", prefix: "at_" });
  if (plan.sources) text.let("source", "tables[call.sources + item]");
  text.let("base", planeBase(plan, plan.sources ? "source" : "item", "input"));
  definePlace(text, plan, { item: "item", operations });
  defineGroup(text, plan, "item");
  for (const axis of plan.axes) {
    defineStart(text, plan, axis);
    defineRange(text, plan, axis);
  }
  defineCounts(text, plan, operations);

  emitCases(text, { program, usual, values }, {
    fold(scope, formulas) {
      for (const folds of foldPasses(formulas)) {
        scope.hoist(folds.flatMap(({ operands }) => operands), "window");
        const accumulators = accumulate(scope, folds);
        eachTap(text, plan.axes, () => {
          defineElement(text, plan, operations);
          const inner = scope.inner();
          for (const accumulator of accumulators) {
            accumulator.update(accumulator.item(inner));
          }
        });
        for (const accumulator of accumulators) accumulator.finish();
      }
    },
    write(results) {
      for (const { name, text: result } of results) {
        text.line(`${writeName(name)}[window] = ${result};`);
      }
    },
  });
  return { constants: values.constants };
}
