import type { Operation } from "./operation.ts";
import { laneLetter, tableRow } from "./wgsl_place.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import { difference, product, sum, type WgslText } from "./wgsl_text.ts";
import { splat, vectorOf } from "./wgsl_vector.ts";

/** Names where the window of index `at_…` along an axis begins. */
export function defineStart(
  text: WgslText,
  plan: WgslPlan,
  axis: WgslAxis,
): void {
  const { letter } = axis;
  if (axis.kind === "slide") {
    const { stride, before } = axis;
    const first = product(`at_${letter}`, `${stride}`);
    text.let(`start_${letter}`, difference(first, `${before}`));
  } else if (axis.kind === "table") {
    const row = tableRow(plan, `call.output_${letter}`, `at_${letter}`);
    text.let(`row_${letter}`, row);
    text.let(
      `start_${letter}`,
      `tables[call.starts_${letter} + row_${letter}]`,
    );
  }
}

/**
 * Names the first position of a window that lies inside the input along an
 * axis, `from_…`, and the one past the last, `to_…`; of the windows of lanes
 * vectors of them, from `starts_…`.
 */
export function defineRange(
  text: WgslText,
  plan: WgslPlan,
  axis: WgslAxis,
): void {
  const { letter } = axis;
  if (axis.kind === "table") {
    text.let(`to_${letter}`, `tables[call.counts_${letter} + row_${letter}]`);
  } else if (axis.kind === "slide") {
    const { before, dilation } = axis;
    const start = startName(plan, axis);
    if (before > 0) {
      text.let(
        `from_${letter}`,
        `max(${integerOf(plan, axis, 0)}, ${
          dilation === 1
            ? `-${start}`
            : `(${dilation - 1} - ${start}) / ${dilation}`
        })`,
      );
    }
    text.let(`to_${letter}`, slideEnd(plan, axis, `call.input_${letter}`));
  }
}

function isInLanes(plan: WgslPlan, { letter }: WgslAxis): boolean {
  return letter === laneLetter(plan);
}

/** Where a window begins along an axis; a vector where lanes have windows. */
function startName(plan: WgslPlan, axis: WgslAxis): string {
  return `${isInLanes(plan, axis) ? "starts" : "start"}_${axis.letter}`;
}

function integerOf(plan: WgslPlan, axis: WgslAxis, value: number): string {
  return isInLanes(plan, axis) ? splat("i32", `${value}`) : `${value}`;
}

/** One past the last position of a window that lies in front of an end. */
function slideEnd(
  plan: WgslPlan,
  axis: WgslAxis & { kind: "slide" },
  end: string,
): string {
  const { size, dilation } = axis;
  const room = `${end} - ${startName(plan, axis)}`;
  const all = integerOf(plan, axis, size);
  // A window may begin behind the end, but only by less than its dilation.
  return dilation === 1
    ? `min(${all}, ${room})`
    : `min(${all}, (${room} + ${dilation - 1}) / ${dilation})`;
}

/** The first position of a window inside the input along an axis. */
export function rangeBegin(axis: WgslAxis): string {
  return axis.kind === "slide" && axis.before > 0 ? `from_${axis.letter}` : "0";
}

/** Names `count` and `padded_count` where a program uses them. */
export function defineCounts(
  text: WgslText,
  plan: WgslPlan,
  operations: ReadonlySet<Operation>,
): void {
  const some = plan.axes.filter(({ kind }) => kind !== "unit");
  const isVector = some.some((axis) => isInLanes(plan, axis));
  const define = (name: string, lengths: readonly string[]) => {
    const count = product(...lengths);
    const number = isVector ? `${vectorOf("f32")}(${count})` : `f32(${count})`;
    const isLanes = plan.schedule.kind === "lanes";
    text.let(name, isLanes && !isVector ? splat("f32", number) : number);
  };
  if (operations.has("count")) {
    const lengths = some.map((axis) =>
      `max(${integerOf(plan, axis, 0)}, ${
        difference(`to_${axis.letter}`, rangeBegin(axis))
      })`
    );
    define("count", lengths);
  }
  if (operations.has("paddedCount")) {
    const lengths = some.map((axis) => {
      if (axis.kind !== "slide") return `to_${axis.letter}`;
      const end = sum(`call.input_${axis.letter}`, `${axis.after}`);
      return slideEnd(plan, axis, end);
    });
    define("padded_count", lengths);
  }
}
