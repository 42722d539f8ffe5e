import type { WgslPlan } from "./wgsl_plan.ts";
import { enclose, product, type WgslText } from "./wgsl_text.ts";
import {} from "./wgsl_vector.ts";

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
 * and `item`, or `plane_number`. Where vectors are counted, these are their number, `vector`, and
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
  const parts = plan.byPlane
    ? spatial
    : plan.layout === "NCHW"
    ? [...spatial, channel]
    : [channel, ...spatial];
  const whole = plan.byPlane ? "plane_number" : "item";
  let rest = index;
  for (const [part, [name, size]] of parts.entries()) {
    text.let(name, `${rest} % ${size}`);
    const above = part === parts.length - 1 ? whole : `above_${name}`;
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
  if (plan.byPlane) return `plane_number * ${enclose(size)}`;
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
  const parts = plan.byPlane
    ? spatial
    : plan.layout === "NCHW"
    ? [...spatial, channel]
    : [channel, ...spatial];
  const whole = plan.byPlane ? "plane_number" : "item";
  let rest = "i32(workgroup)";
  for (const [part, [name, size, length]] of parts.entries()) {
    const own = `${rest} % ${size}`;
    if (name === "channel") text.let(name, own);
    else text.let(`tile_${name}`, product(`(${own})`, `${length}`));
    const above = part === parts.length - 1 ? whole : `above_${name}`;
    text.let(above, `${rest} / ${size}`);
    rest = above;
  }
}
