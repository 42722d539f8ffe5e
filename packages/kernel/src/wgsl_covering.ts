import { tableRow } from "./wgsl_place.ts";
import { defineStart } from "./wgsl_ranges.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import type { WgslText } from "./wgsl_text.ts";

/** Runs lines for each item of the output that is read from this item. */
export function eachItem(
  text: WgslText,
  plan: WgslPlan,
  body: () => void,
): void {
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
export function defineCovering(
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

/**
 * Runs lines for each window along some axes that holds the element, in their
 * order, with its `at_…`, `start_…` and the element's `tap_…`.
 */
export function eachWindow(
  text: WgslText,
  plan: WgslPlan,
  axes: readonly WgslAxis[],
  body: () => void,
): void {
  const [axis, ...inner] = axes;
  if (!axis) return body();
  const { letter } = axis;
  const at = `at_${letter}`;
  const head =
    `for (var ${at} = first_${letter}; ${at} <= last_${letter}; ${at}++)`;
  text.block(head, () => {
    defineStart(text, plan, axis);
    defineTapOf(text, axis);
    eachWindow(text, plan, inner, body);
  });
}
