import type { Operation } from "./operation.ts";
import { axisSize, type WgslAxis, type WgslPlan } from "./wgsl_plan.ts";
import {
  difference,
  enclose,
  product,
  sum,
  type WgslText,
} from "./wgsl_text.ts";
import { multiples, splat, vectorOf } from "./wgsl_vector.ts";

/** Whose lengths a position counts in. */
type Side = "input" | "output";

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

/** How many channels, or vectors of them, an item has, as text. */
export function channelCount(plan: WgslPlan): string {
  return hasChannelVectors(plan) ? "call.channel_vectors" : "call.channels";
}

/** Whether vectors hold four channels, which lie last. */
export function hasChannelVectors({ schedule }: WgslPlan): boolean {
  return schedule.vectors === "results" && schedule.kind !== "lanes";
}

/** The name of an axis whose results stand in the lanes of vectors. */
export function laneLetter({ schedule }: WgslPlan): string | undefined {
  return schedule.kind === "lanes" ? schedule.letter : undefined;
}

/**
 * Takes an index of a tensor apart into a coordinate for each axis, `channel`
 * and `item`. Where vectors are counted, these are their number, `vector`, and
 * the coordinate of their first lane; `channel` counts vectors, too.
 */
export function splitIndex(
  text: WgslText,
  plan: WgslPlan,
  { index, side, prefix }: { index: string; side: Side; prefix: string },
): void {
  const spatial = plan.axes.toReversed().map(({ letter }) =>
    letter === laneLetter(plan)
      ? ["vector", "call.vectors"] as const
      : [`${prefix}${letter}`, `call.${side}_${letter}`] as const
  );
  const channel = ["channel", channelCount(plan)] as const;
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
  const lanes = laneLetter(plan);
  if (lanes) text.let(`${prefix}${lanes}`, "vector * 4");
}

/**
 * Where an item's channel begins in a tensor, and how far apart its elements
 * are: an index in memory is `base + step * index in the plane`.
 */
export function planeBase(plan: WgslPlan, item: string, side: Side): string {
  const size = planeSize(plan, side);
  return plan.layout === "NCHW"
    ? `(${item} * call.channels + channel) * ${enclose(size)}`
    : `${item} * ${enclose(size)} * ${channelCount(plan)} + channel`;
}

/** An index in memory from a base and an index in the plane. */
export function indexInMemory(
  plan: WgslPlan,
  base: string,
  inPlane: string,
): string {
  return plan.layout === "NCHW"
    ? `${base} + ${inPlane}`
    : `${base} + ${enclose(inPlane)} * ${channelCount(plan)}`;
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
 * Takes the number of a workgroup apart into the first result of its tile along
 * each axis, `tile_…`, `channel` and `item`.
 */
export function splitTile(
  text: WgslText,
  plan: WgslPlan,
  [rows, columns]: readonly [number, number],
): void {
  const spatial = plan.axes.toReversed().map(({ letter }, a) =>
    [letter, `call.tiles_${letter}`, a === 0 ? columns : rows] as const
  );
  const channel = ["channel", channelCount(plan), 1] as const;
  const parts = plan.layout === "NCHW"
    ? [...spatial, channel]
    : [channel, ...spatial];
  let rest = "i32(workgroup)";
  for (const [part, [name, size, length]] of parts.entries()) {
    const own = `${rest} % ${size}`;
    if (name === "channel") text.let(name, own);
    else text.let(`tile_${name}`, product(`(${own})`, `${length}`));
    const above = part === parts.length - 1 ? "item" : `above_${name}`;
    text.let(above, `${rest} / ${size}`);
    rest = above;
  }
}
