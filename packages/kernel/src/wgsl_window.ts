import { foldPasses, type Program } from "./program.ts";
import { accumulate } from "./wgsl_folds.ts";
import { type WgslBody, writeName } from "./wgsl_module.ts";
import {
  defineCounts,
  defineGroup,
  definePlace,
  defineRange,
  defineStart,
  defineTap,
  indexInMemory,
  indexInPlane,
  operationsOf,
  planeBase,
  rangeBegin,
  splitIndex,
} from "./wgsl_place.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import {
  defineLengths,
  eachSharedElement,
  mergeAccumulators,
} from "./wgsl_shared_window.ts";
import { product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";

/**
 * What an invocation of a window program does: one window, pass by pass, or its
 * share of one where a workgroup has the window.
 */
export function emitWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  text.let("window", `i32(${plan.shared ? "workgroup" : "invocation"})`);
  splitIndex(text, plan, { index: "window", side: "output", prefix: "at_" });
  if (plan.sources) text.let("source", "tables[call.sources + item]");
  text.let("base", planeBase(plan, plan.sources ? "source" : "item", "input"));
  definePlace(text, plan, { item: "item", operations });
  defineGroup(text, plan, "item");
  for (const axis of plan.axes) {
    defineStart(text, plan, axis);
    defineRange(text, axis);
  }
  defineCounts(text, plan, operations);
  if (plan.shared) defineLengths(text, plan);

  const workgroup: Record<string, string> = {};
  const eachElement = plan.shared ? eachSharedElement : eachElementInOrder;
  for (const folds of foldPasses(program.outputs)) {
    values.hoist(folds.flatMap(({ operands }) => operands), "window");
    const accumulators = accumulate(values, folds);
    eachElement(text, plan, () => {
      defineElement(text, plan, program);
      const inner = values.inner();
      for (const accumulator of accumulators) accumulator.update(inner);
    });
    if (plan.shared) {
      Object.assign(workgroup, mergeAccumulators(text, accumulators));
    }
  }
  const write = (results: WgslValues) => {
    for (const { name, value } of program.outputs) {
      const result = results.value(value);
      text.line(`${writeName(name)}[window] = ${result};`);
    }
  };
  const { constants } = values;
  if (!plan.shared) {
    write(values);
    return { constants };
  }
  text.block("if (lane == 0u)", () => write(values.inner()));
  return { constants, workgroup };
}

/** Runs lines for each element of the window, with its `tap_…`. */
function eachElementInOrder(
  text: WgslText,
  { axes }: WgslPlan,
  body: () => void,
): void {
  const loops = axes.filter(({ kind }) => kind !== "unit").map((axis) => () => {
    const tap = `tap_${axis.letter}`;
    const begin = rangeBegin(axis);
    return `for (var ${tap} = ${begin}; ${tap} < to_${axis.letter}; ${tap}++)`;
  });
  // A block even where nothing is repeated, since each pass names its values.
  text.nest(loops.length > 0 ? loops : [() => ""], body);
}

/** Names where the element lies that the loops have come to. */
function defineElement(
  text: WgslText,
  plan: WgslPlan,
  program: Program,
): void {
  const at = plan.axes.map((axis) => {
    const { letter } = axis;
    if (axis.kind === "unit") return `at_${letter}`;
    const steps = product(`tap_${letter}`, `${axis.dilation}`);
    text.let(letter, sum(`start_${letter}`, steps));
    return letter;
  });
  text.let("position", indexInPlane(plan, "input", at));
  text.let("offset", indexInMemory(plan, "base", "position"));
  defineTap(text, plan, operationsOf(program));
}
