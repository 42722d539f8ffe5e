import { isFold, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
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
  splitIndex,
  tableRow,
} from "./wgsl_place.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import type { WgslText } from "./wgsl_text.ts";
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
): WgslValues {
  const [{ name, value }] = program.outputs;
  const fold = topological([value]).find(isFold);
  if (fold) {
    throw new TypeError(
      `Cannot emit ${program.name} as WGSL: it folds (${fold.operation}) inside a sum over windows, its folds must be read from a tensor`,
    );
  }
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  text.let("offset", "i32(invocation)");
  const element = { index: "offset", side: "input", prefix: "" } as const;
  splitIndex(text, plan, element);
  const at = plan.axes.map(({ letter }) => letter);
  text.let("position", indexInPlane(plan, "input", at));
  values.hoist([value], "uniform");
  text.line("var total = 0.0;");
  eachItem(text, plan, () => {
    const item = plan.sources ? "reader" : "item";
    defineGroup(text, plan, item);
    text.let("base", planeBase(plan, item, "output"));
    const loops = plan.axes.filter(({ kind }) => kind !== "unit");
    for (const axis of loops) defineCovering(text, plan, axis);
    for (const { kind, letter } of plan.axes) {
      if (kind === "unit") text.let(`at_${letter}`, letter);
    }
    eachWindow(loops, () => {
      if (operations.has("count") || operations.has("paddedCount")) {
        for (const axis of loops) defineRange(text, axis);
        defineCounts(text, plan, operations);
      }
      definePlace(text, plan, { item, operations });
      defineTap(text, plan, operations);
      const window = plan.axes.map(({ letter }) => `at_${letter}`);
      const inPlane = indexInPlane(plan, "output", window);
      text.let("window", indexInMemory(plan, "base", inPlane));
      text.line(`total += ${values.inner().value(value)};`);
    });
  });
  text.line(`${writeName(name)}[offset] = total;`);
  return values;

  function eachWindow(axes: readonly WgslAxis[], body: () => void): void {
    const [axis, ...inner] = axes;
    if (!axis) return body();
    const at = `at_${axis.letter}`;
    const { letter } = axis;
    const head =
      `for (var ${at} = first_${letter}; ${at} <= last_${letter}; ${at}++)`;
    text.block(head, () => {
      defineStart(text, plan, axis);
      defineTapOf(text, axis);
      eachWindow(inner, body);
    });
  }
}

/** Runs lines for each item of the output that is read from this item. */
function eachItem(text: WgslText, plan: WgslPlan, body: () => void): void {
  if (!plan.sources) return body();
  text.let("readers", "call.reader_starts + item");
  const head =
    "for (var turn = tables[readers]; turn < tables[readers + 1]; turn++)";
  text.block(head, () => {
    text.let("reader", "tables[call.readers + turn]");
    body();
  });
}

/** Names the first and the last window along an axis that may hold an element. */
function defineCovering(
  text: WgslText,
  plan: WgslPlan,
  axis: WgslAxis,
): void {
  const { letter } = axis;
  if (axis.kind === "table") {
    const row = tableRow(plan, `call.input_${letter}`, letter);
    text.let(`cover_${letter}`, row);
    text.let(
      `first_${letter}`,
      `tables[call.firsts_${letter} + cover_${letter}]`,
    );
    text.let(
      `last_${letter}`,
      `tables[call.lasts_${letter} + cover_${letter}]`,
    );
  } else if (axis.kind === "slide") {
    const { size, stride, before, dilation } = axis;
    const plus = (n: number) =>
      n === 0 ? letter : n > 0 ? `(${letter} + ${n})` : `(${letter} - ${-n})`;
    const over = stride === 1 ? "" : ` / ${stride}`;
    const first = before - (size - 1) * dilation + stride - 1;
    text.let(`first_${letter}`, `max(0, ${plus(first)}${over})`);
    text.let(
      `last_${letter}`,
      `min(call.output_${letter} - 1, ${plus(before)}${over})`,
    );
  }
}

/** Names the position of the element in a window; skips windows without it. */
function defineTapOf(text: WgslText, axis: WgslAxis): void {
  if (axis.kind === "unit") return;
  const { letter, dilation } = axis;
  const name = `tap_${letter}`;
  const misses: string[] = [];
  if (dilation === 1) text.let(name, `${letter} - start_${letter}`);
  else {
    text.let(`distance_${letter}`, `${letter} - start_${letter}`);
    text.let(name, `distance_${letter} / ${dilation}`);
    misses.push(`distance_${letter} % ${dilation} != 0`);
  }
  if (axis.kind === "table") {
    // Windows without elements may stand between those that hold it.
    misses.push(`${name} >= tables[call.counts_${letter} + row_${letter}]`);
  }
  if (misses.length > 0) {
    text.block(`if (${misses.join(" || ")})`, () => text.line("continue;"));
  }
}
