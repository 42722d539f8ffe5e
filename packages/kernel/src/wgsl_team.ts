import { averageSizes, type Geometry, volume } from "./geometry.ts";
import { foldPasses, type Program } from "./program.ts";
import { operationsOf } from "./wgsl_operations.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";
import type { WgslAxis } from "./wgsl_plan.ts";
import type { ScheduleSizes } from "./wgsl_schedule.ts";
import { LANES } from "./wgsl_vector.ts";

/** Several invocations of a workgroup for each window. */
export interface TeamSchedule {
  /** Which schedule it is. */
  readonly kind: "team";
  /**
   * `results`: four channels, which lie last. `elements`: four elements of a
   * window that follow each other in memory.
   */
  readonly vectors: "none" | "results" | "elements";
  /** Invocations that share a window, a power of two. */
  readonly members: number;
  /** Whether the members of one window stand far from each other: between
   * them are those of the other windows, whose elements are neighbours. */
  readonly isSpread: boolean;
  /** Whether the elements of each window follow each other in a plane. */
  readonly isRun: boolean;
  /** Workgroups that share a window, a power of two. */
  readonly parts: number;
  /** Which shader of several this is: each closes a pass over the windows. */
  readonly stage: number;
}

/** Elements of a window from which on a whole workgroup may share it. */
const LONG = 256;

/** The same for a quarter of a workgroup. */
const MEDIUM = 32;

/** So few windows leave a device idle, with an invocation for each. */
const FEW = 2 ** 14;

/**
 * Elements of a plane for each of its windows from which on neighbouring
 * invocations with a window each would read far from each other: a cache line
 * apart or more, so that the caches hold a line for each of them.
 */
const SPARSE = 32;

/** Windows of channels that lie last which a workgroup has at a time: so many
 * vectors, or twice as many numbers, are two cache lines. */
const NEIGHBOURS = 8;

/** Workgroups that are too few to keep a large GPU busy. */
const FEW_GROUPS = 128;

/** Workgroups that keep it busy. */
const MANY_GROUPS = 1024;

/** Parts of a window: its team adds them up without another dispatch. */
const MOST_PARTS = 256;

/** Loads of an invocation that are worth a workgroup of its own. */
const FEWEST_LOADS = 16;

/** Bytes of a workgroup's memory that every device has. */
const GROUP_BYTES = 2 ** 14;

/** A team for each window, or undefined where windows are short or many. */
export function chooseTeam(
  program: Program,
  { geometry, axes, packed }: ScheduleSizes,
): TeamSchedule | undefined {
  const { items, channels, input, output, layout } = geometry;
  const length = volume(averageSizes(geometry));
  const windows = items * channels * volume(output);
  const isFew = windows <= FEW;
  const isSparse = layout === "NCHW" &&
    volume(input) >= SPARSE * volume(output);
  const isLong = length >= LONG && (isFew || isSparse);
  // Neighbours among channels that lie last read what lies together, long or not.
  const isSpread = layout === "NHWC";
  const isMedium = length >= MEDIUM && (isSparse || (isSpread && isFew));
  if (!isLong && !isMedium) return undefined;

  const isRun = isRunOf(program, geometry, axes);
  const vectors = packed.length > 0
    ? "none"
    : isSpread
    ? channels % LANES === 0 && geometry.per !== "plane" ? "results" : "none"
    : isRun && isAligned(geometry, axes)
    ? "elements"
    : "none";
  if (!canShare(program, vectors)) return undefined;
  const members = isSpread
    ? WORKGROUP_SIZE / (vectors === "none" ? 2 * NEIGHBOURS : NEIGHBOURS)
    : isLong
    ? WORKGROUP_SIZE
    : WORKGROUP_SIZE / 4;
  const perGroup = WORKGROUP_SIZE / members *
    (vectors === "results" ? LANES : 1);
  const groups = Math.ceil(windows / perGroup);
  const step = members * (vectors === "elements" ? LANES : 1);
  const parts = groups > FEW_GROUPS ? 1 : powerBelow(Math.min(
    MOST_PARTS,
    MANY_GROUPS / groups,
    length / (FEWEST_LOADS * step),
  ));
  return {
    kind: "team",
    vectors,
    members,
    isSpread,
    isRun,
    parts,
    stage: 0,
  };
}

/** Shaders that a program takes one after the other. */
export function stagesOf(
  { outputs }: Program,
  { parts }: TeamSchedule,
): number {
  return parts === 1 ? 1 : foldPasses(outputs).length + 1;
}

/** Whether folds of parts of a window can be merged, in a workgroup's memory. */
function canShare(
  { outputs }: Program,
  vectors: TeamSchedule["vectors"],
): boolean {
  const folds = foldPasses(outputs).flat();
  // Each fold takes two numbers of an invocation.
  const bytes = WORKGROUP_SIZE * 8 * (vectors === "results" ? LANES : 1);
  // What is picked by a running sum depends on all elements before.
  return folds.length > 0 && folds.length * bytes <= GROUP_BYTES &&
    folds.every(({ operation }) => operation !== "pick");
}

/** Whether the elements of each window follow each other in a plane. */
function isRunOf(
  program: Program,
  geometry: Geometry,
  axes: readonly WgslAxis[],
): boolean {
  const operations = operationsOf(program);
  const usesTaps = (["tapIndex", "tap", "elementRandom"] as const)
    .some((operation) => operations.has(operation));
  const lead = leadOf(axes);
  if (usesTaps || lead < 0) return false;
  const axis = axes[lead];
  return axis.kind !== "unit" && axis.dilation === 1 &&
    axes.slice(lead + 1).every((axis) => isWhole(geometry, axis));
}

/** The first axis along which windows have more than one element. */
export function leadOf(axes: readonly WgslAxis[]): number {
  return axes.findIndex(({ kind }) => kind !== "unit");
}

/** Whether all windows have the whole input along an axis. */
function isWhole(geometry: Geometry, { letter }: WgslAxis): boolean {
  const a = "dhw".indexOf(letter);
  const axis = geometry.axes[a];
  const length = geometry.input[a];
  if (axis.dilation !== 1) return false;
  return axis.kind === "slide"
    ? axis.before === 0 && axis.size >= length && geometry.output[a] === 1
    : axis.starts.every((start) => start === 0) &&
      axis.counts.every((count) => count === length);
}

/** Whether all windows of runs begin and end at a vector of four. */
function isAligned(geometry: Geometry, axes: readonly WgslAxis[]): boolean {
  const { input } = geometry;
  const lead = leadOf(axes);
  const inner = axes.slice(lead + 1).reduce(
    (n, { letter }) => n * input["dhw".indexOf(letter)],
    1,
  );
  if (volume(input) % LANES !== 0) return false;
  const all = inner * input["dhw".indexOf(axes[lead].letter)];
  return inner % LANES === 0 ||
    (all % LANES === 0 && isWhole(geometry, axes[lead]));
}

function powerBelow(limit: number): number {
  return limit < 2 ? 1 : 2 ** Math.floor(Math.log2(limit));
}
