import type { Operation } from "./operation.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";
import {
  hasChannelVectors,
  indexInMemory,
  indexInPlane,
  planeSize,
} from "./wgsl_place.ts";
import { axisSize, type WgslAxis, type WgslPlan } from "./wgsl_plan.ts";
import { rangeBegin } from "./wgsl_ranges.ts";
import { enclose, product, sum, type WgslText } from "./wgsl_text.ts";
import { multiples, splat, vectorOf } from "./wgsl_vector.ts";

/** Names what depends on the position in a window, where a program uses it. */
export function defineTap(
  text: WgslText,
  plan: WgslPlan,
  operations: ReadonlySet<Operation>,
): void {
  const { axes, schedule } = plan;
  const uses = (...some: Operation[]) => some.some((x) => operations.has(x));
  const isLanes = schedule.kind === "lanes";
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
    text.let("tap", isLanes ? splat("i32", tap) : tap);
  }
  const size = windowSizeText(axes);
  if (uses("tap")) {
    const channel = hasChannelVectors(plan)
      ? `(channel * 4 + ${multiples("i32", 1)})`
      : "channel";
    text.let("channel_tap", sum(product(channel, size), "tap"));
  }
  if (uses("elementRandom")) {
    const tap = isLanes ? `${vectorOf("u32")}(tap)` : "u32(tap)";
    text.let("place_tap", sum(product("place", `u32(${size})`), tap));
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
  { item, operations, inGather = false }: {
    item: string;
    operations: ReadonlySet<Operation>;
    /** Whether `at_…` of lanes are vectors. */
    inGather?: boolean;
  },
): void {
  const { schedule } = plan;
  const isChannels = hasChannelVectors(plan);
  const plane = `(call.first_item + ${item}) * call.channels + channel${
    isChannels ? ` * 4 + ${multiples("i32", 1)}` : ""
  }`;
  if (operations.has("plane")) {
    // The index of a vector where channels are counted in vectors.
    const index = isChannels
      ? `(call.first_item + ${item}) * call.channel_vectors + channel`
      : plane;
    text.let("plane", index);
  }
  const draws = ["windowRandom", "windowWord", "elementRandom"] as const;
  if (!draws.some((draw) => operations.has(draw))) return;
  const at = plan.axes.map(({ letter }) => `at_${letter}`);
  const size = enclose(planeSize(plan, "output"));
  const inPlane = indexInPlane(plan, "output", at);
  const place = `(${plane}) * ${size} + ${inPlane}`;
  if (isChannels || inGather) {
    text.let("place", `${vectorOf("u32")}(${place})`);
  } else if (schedule.kind === "lanes") {
    const lanes = product(multiples("i32", 1), schedule.outputStep);
    text.let("place", `${vectorOf("u32")}(${place} + ${lanes})`);
  } else {
    text.let("place", `u32(${place})`);
  }
}

/** Runs lines for the elements of a window along some axes, with `tap_…`. */
export function eachTap(
  text: WgslText,
  axes: readonly WgslAxis[],
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

/** Names where the element lies that `tap_…` stand for. */
export function defineElement(
  text: WgslText,
  plan: WgslPlan,
  operations: ReadonlySet<Operation>,
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
  defineTap(text, plan, operations);
}

/**
 * Runs lines for an invocation's cells of a rectangle that its workgroup has,
 * with their `row` and `column`.
 */
export function eachCell(
  text: WgslText,
  { cells: [rows, columns], name }: {
    readonly cells: readonly [number, number];
    /** What the number of a cell is called. */
    readonly name: string;
  },
  body: () => void,
): void {
  const head = `for (var ${name} = i32(lane); ${name} < ${
    rows * columns
  }; ${name} += ${WORKGROUP_SIZE})`;
  text.block(head, () => {
    text.let("row", rows === 1 ? "0" : `${name} / ${columns}`);
    text.let("column", rows === 1 ? name : `${name} % ${columns}`);
    body();
  });
}
