import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { writeName } from "./wgsl_module.ts";
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
import { product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";

/** What an invocation of a window program does: one window, pass by pass. */
export function emitWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslValues {
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  text.let("window", "i32(invocation)");
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

  for (const folds of foldPasses(program.outputs)) {
    emitPass(values, folds, () => defineElement(text, plan, program));
  }
  for (const { name, value } of program.outputs) {
    const result = values.value(value);
    text.line(`${writeName(name)}[window] = ${result};`);
  }
  return values;

  /** Folds that are computed in one loop over the window. */
  function emitPass(
    outer: WgslValues,
    folds: readonly Expression[],
    defineElement: () => void,
  ): void {
    outer.hoist(folds.flatMap(({ operands }) => operands), "window");
    const accumulators = accumulate(outer, folds);
    const loops = plan.axes.filter(({ kind }) => kind !== "unit").map(
      (axis) => () => {
        const tap = `tap_${axis.letter}`;
        const begin = rangeBegin(axis);
        return `for (var ${tap} = ${begin}; ${tap} < to_${axis.letter}; ${tap}++)`;
      },
    );
    // A block even where nothing is repeated, since each pass names its values.
    text.nest(loops.length > 0 ? loops : [() => ""], () => {
      defineElement();
      const inner = outer.inner();
      for (const accumulator of accumulators) accumulator.update(inner);
    });
  }
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

/** A variable that a loop over the window adds to. */
interface Accumulator {
  update(inner: WgslValues): void;
}

/** Declares what folds are gathered in; extremes of one body share a variable. */
function accumulate(
  values: WgslValues,
  folds: readonly Expression[],
): Accumulator[] {
  const { text } = values;
  const accumulators: Accumulator[] = [];
  const extremes = new Map<string, { best: string; at: string }>();
  for (const fold of folds) {
    const [body] = fold.operands;
    if (fold.operation === "pick") {
      accumulators.push(accumulatePick(values, fold));
      continue;
    }
    if (fold.operation === "sum" || fold.operation === "indexSum") {
      const name = values.newName("sum");
      text.line(`var ${name} = ${fold.type === "i32" ? "0" : "0.0"};`);
      values.define(fold, name);
      accumulators.push({
        update: (inner) => text.line(`${name} += ${inner.value(body)};`),
      });
      continue;
    }
    const isMax = fold.operation === "foldMax" || fold.operation === "argmax";
    const key = `${isMax ? "max" : "min"} of ${body.id}`;
    let extreme = extremes.get(key);
    if (!extreme) {
      const best = values.newName(isMax ? "max" : "min");
      const at = `${best}_at`;
      extremes.set(key, extreme = { best, at });
      text.line(`var ${best} = ${isMax ? "-" : ""}call.infinity;`);
      text.line(`var ${at} = -1;`);
      accumulators.push({
        update(inner) {
          const value = inner.word(body);
          const beats = isMax ? "is_greater" : "is_smaller";
          text.block(`if (${at} < 0 || ${beats}(${value}, ${best}))`, () => {
            text.line(`${best} = ${value};`);
            text.line(`${at} = position;`);
          });
        },
      });
    }
    const isIndex = fold.type === "i32";
    values.define(fold, isIndex ? extreme.at : extreme.best);
  }
  return accumulators;
}

/** Declares what a fold is gathered in that picks by a running sum. */
function accumulatePick(values: WgslValues, fold: Expression): Accumulator {
  const { text } = values;
  const [weight, threshold] = fold.operands;
  const picked = values.newName("pick");
  const running = `${picked}_sum`;
  const above = values.word(threshold);
  text.line(`var ${picked} = -1;`);
  text.line(`var ${running} = 0u;`);
  values.define(fold, picked);
  return {
    update(inner) {
      text.line(`${running} += u32(${inner.value(weight)});`);
      text.block(`if (${picked} < 0 && ${running} > u32(${above}))`, () => {
        text.line(`${picked} = position;`);
      });
    },
  };
}
