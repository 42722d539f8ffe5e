import type { Operation } from "./operation.ts";
import { topological } from "./traverse.ts";
import type { Program } from "./program.ts";
import { axisSize, type WgslAxis, type WgslPlan } from "./wgsl_plan.ts";
import {
  difference,
  enclose,
  product,
  sum,
  type WgslText,
} from "./wgsl_text.ts";

/** Whose lengths a position counts in. */
type Side = "input" | "output";

/** The operations that a program is made of. */
export function operationsOf({ outputs }: Program): Set<Operation> {
  const all = topological(outputs.map(({ value }) => value));
  return new Set(all.map((x) => x.operation));
}

/** The number of elements of a plane. */
export function planeSize({ axes }: WgslPlan, side: Side): string {
  return product(...axes.map(({ letter }) => `call.${side}_${letter}`));
}

/** An index in a plane from coordinates, one for each axis. */
export function indexInPlane(
  { axes }: WgslPlan,
  side: Side,
  coordinates: readonly string[],
): string {
  return axes.reduce(
    (index, { letter }, a) =>
      a === 0
        ? coordinates[0]
        : `${enclose(index)} * call.${side}_${letter} + ${coordinates[a]}`,
    "",
  );
}

/**
 * Takes an index of a tensor apart into a coordinate for each axis, `channel`
 * and `item`.
 */
export function splitIndex(
  text: WgslText,
  plan: WgslPlan,
  { index, side, prefix }: { index: string; side: Side; prefix: string },
): void {
  const spatial = plan.axes.toReversed().map(({ letter }) =>
    [`${prefix}${letter}`, `call.${side}_${letter}`] as const
  );
  const channel = ["channel", "call.channels"] as const;
  const parts = plan.layout === "NCHW"
    ? [...spatial, channel]
    : [channel, ...spatial];
  let rest = index;
  for (const [part, [name, size]] of parts.entries()) {
    text.let(name, `${rest} % ${size}`);
    const above = part === parts.length - 1 ? "item" : `above_${name}`;
    text.let(above, `${rest} / ${size}`);
    rest = above;
  }
}

/**
 * Where an item's channel begins in a tensor, and how far apart its elements
 * are: an index in memory is `base + step * index in the plane`.
 */
export function planeBase(plan: WgslPlan, item: string, side: Side): string {
  const size = planeSize(plan, side);
  return plan.layout === "NCHW"
    ? `(${item} * call.channels + channel) * ${enclose(size)}`
    : `${item} * ${enclose(size)} * call.channels + channel`;
}

/** An index in memory from a base and an index in the plane. */
export function indexInMemory(
  { layout }: WgslPlan,
  base: string,
  inPlane: string,
): string {
  return layout === "NCHW"
    ? `${base} + ${inPlane}`
    : `${base} + ${enclose(inPlane)} * call.channels`;
}

/** Names the table group of an item's window, where windows stand in tables. */
export function defineGroup(
  text: WgslText,
  plan: WgslPlan,
  item: string,
): void {
  if (plan.per === "call" || !plan.axes.some(({ kind }) => kind === "table")) {
    return;
  }
  const whole = `call.first_item + ${item}`;
  text.let(
    "group_of_tables",
    plan.per === "item" ? whole : `(${whole}) * call.channels + channel`,
  );
}

/** The row of a table for an index along an axis. */
export function tableRow(
  { per }: WgslPlan,
  length: string,
  index: string,
): string {
  return per === "call" ? index : `group_of_tables * ${length} + ${index}`;
}

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
 * axis, `from_…`, and the one past the last, `to_…`.
 */
export function defineRange(text: WgslText, axis: WgslAxis): void {
  const { letter } = axis;
  if (axis.kind === "table") {
    text.let(`to_${letter}`, `tables[call.counts_${letter} + row_${letter}]`);
  } else if (axis.kind === "slide") {
    const { before, dilation } = axis;
    if (before > 0) {
      text.let(
        `from_${letter}`,
        `max(0, ${
          dilation === 1
            ? `-start_${letter}`
            : `(${dilation - 1} - start_${letter}) / ${dilation}`
        })`,
      );
    }
    text.let(`to_${letter}`, slideEnd(axis, `call.input_${letter}`));
  }
}

/** One past the last position of a window that lies in front of an end. */
function slideEnd(
  axis: WgslAxis & { kind: "slide" },
  end: string,
): string {
  const { size, dilation, letter } = axis;
  const room = `${end} - start_${letter}`;
  // A window may begin behind the end, but only by less than its dilation.
  return dilation === 1
    ? `min(${size}, ${room})`
    : `min(${size}, (${room} + ${dilation - 1}) / ${dilation})`;
}

/** The first position of a window inside the input along an axis. */
export function rangeBegin(axis: WgslAxis): string {
  return axis.kind === "slide" && axis.before > 0 ? `from_${axis.letter}` : "0";
}

/** Names `count` and `padded_count` where a program uses them. */
export function defineCounts(
  text: WgslText,
  { axes }: WgslPlan,
  operations: ReadonlySet<Operation>,
): void {
  const some = axes.filter(({ kind }) => kind !== "unit");
  if (operations.has("count")) {
    const lengths = some.map((axis) =>
      `max(0, ${difference(`to_${axis.letter}`, rangeBegin(axis))})`
    );
    text.let("count", `f32(${product(...lengths)})`);
  }
  if (operations.has("paddedCount")) {
    const lengths = some.map((axis) =>
      axis.kind === "slide"
        ? slideEnd(axis, sum(`call.input_${axis.letter}`, `${axis.after}`))
        : `to_${axis.letter}`
    );
    text.let("padded_count", `f32(${product(...lengths)})`);
  }
}

/** Names what depends on the position in a window, where a program uses it. */
export function defineTap(
  text: WgslText,
  { axes }: WgslPlan,
  operations: ReadonlySet<Operation>,
): void {
  const uses = (...some: Operation[]) => some.some((x) => operations.has(x));
  if (uses("tapIndex", "tap", "elementRandom")) {
    const tap = axes.reduce(
      (index, axis) =>
        axis.kind === "unit"
          ? index
          : index === "0"
          ? `tap_${axis.letter}`
          : `${enclose(index)} * ${axisSize(axis)} + tap_${axis.letter}`,
      "0",
    );
    text.let("tap", tap);
  }
  const size = windowSizeText(axes);
  if (uses("tap")) {
    text.let("channel_tap", sum(product("channel", size), "tap"));
  }
  if (uses("elementRandom")) {
    text.let("place_tap", sum(product("place", `u32(${size})`), "u32(tap)"));
  }
}

/** The number of positions in a window: a number where that is known. */
function windowSizeText(axes: readonly WgslAxis[]): string {
  const sizes = axes.map(axisSize);
  const known = sizes.every((size) => /^\d+$/.test(size));
  return known
    ? String(sizes.reduce((size, length) => size * Number(length), 1))
    : product(...sizes);
}

/**
 * Names the index of an item's plane, where a program reads a number by it,
 * and the index of its window with channels before the spatial axes, where it
 * draws random numbers by that.
 */
export function definePlace(
  text: WgslText,
  plan: WgslPlan,
  { item, operations }: { item: string; operations: ReadonlySet<Operation> },
): void {
  const plane = `(call.first_item + ${item}) * call.channels + channel`;
  if (operations.has("plane")) text.let("plane", plane);
  const draws = ["windowRandom", "windowWord", "elementRandom"] as const;
  if (!draws.some((draw) => operations.has(draw))) return;
  const at = plan.axes.map(({ letter }) => `at_${letter}`);
  const size = enclose(planeSize(plan, "output"));
  const inPlane = indexInPlane(plan, "output", at);
  text.let("place", `u32((${plane}) * ${size} + ${inPlane})`);
}
