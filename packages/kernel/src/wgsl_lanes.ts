import type { Geometry } from "./geometry.ts";
import type { Operation } from "./operation.ts";
import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { usualCase } from "./usual_case.ts";
import { formulasOf } from "./wgsl_cases.ts";
import type { AxisLetter, WgslAxis } from "./wgsl_plan.ts";
import type { ScheduleSizes } from "./wgsl_schedule.ts";
import { LANES } from "./wgsl_vector.ts";

/** An invocation for four neighbouring results along an axis of planes. */
export interface LaneSchedule {
  /** Which schedule it is. */
  readonly kind: "lanes";
  /** A vector holds four results. */
  readonly vectors: "results";
  /** The axis that the four results stand along. */
  readonly letter: AxisLetter;
  /** Numbers that are read at once where tensors are shaped as the input. */
  readonly inputs: Width;
  /** Numbers that are read at once where tensors are shaped as the output. */
  readonly outputs: Width;
  /** The distance from one result's window to the next in memory, as text. */
  readonly outputStep: string;
  /** The same of elements of the input. */
  readonly inputStep: string;
  /**
   * Along each axis, the most elements of a window that is asked for which
   * stand behind the input's end.
   */
  readonly overhang: Readonly<Record<AxisLetter, number>>;
}

/** Numbers that one instruction reads or writes. */
export type Width = 1 | 2 | 4;

/** Windows that are unrolled have no more elements, so that texts stay short. */
const MOST_TAPS = 16;

/** Instructions that may be unrolled, about: a formula's, times its taps. */
const MOST_UNROLLED = 512;

/** What operations cost that take more than one instruction. */
const COSTS: Partial<Record<Operation, number>> = {
  exp: 4,
  log: 8,
  pow: 12,
  windowRandom: 100,
  windowWord: 100,
  elementRandom: 100,
};

/** Registers for what an invocation reads at once. */
const MOST_CELLS = 48;

/** The share of lanes that must have a result for four at once to pay. */
const LEAST_USE = 0.7;

/** The strides that divide vectors, so that lanes are the same in all of them. */
const GATHER_STRIDES = [1, 2, 4];

const LETTERS: readonly AxisLetter[] = ["d", "h", "w"];

/**
 * Lanes of planes, or undefined where they do not pay.
 *
 * Along rows a vector of memory serves neighbouring lanes: a window of 3 with
 * stride 1 takes 3 vectors for 4 results and row, not 12 numbers. That asks for
 * rows whose vectors are aligned. In planes of other widths lanes stand below
 * each other: neighbouring invocations then still read neighbouring numbers,
 * and the rows that windows have in common are read once.
 */
export function chooseLanes(
  program: Program,
  sizes: ScheduleSizes,
): LaneSchedule | undefined {
  const { axes } = sizes;
  const cost = costOf(program);
  for (const axis of [axes.at(-1), axes.at(-2)]) {
    if (!axis) continue;
    const isWindow = program.kind === "window";
    const { schedule, taps } = isWindow
      ? windowLanes(axis, sizes)
      : gatherLanes(axis, sizes);
    if (schedule && taps * cost <= MOST_UNROLLED) return schedule;
  }
  return undefined;
}

/** Lanes along an axis, and how many elements of a window are unrolled. */
interface Try {
  readonly schedule?: LaneSchedule;
  readonly taps: number;
}

const NONE: Try = { taps: 0 };

function windowLanes(axis: WgslAxis, { geometry, axes }: ScheduleSizes): Try {
  const at = axes.indexOf(axis);
  const after = axes.slice(at + 1);
  const taps = [axis, ...after].reduce((n, one) => n * sizeOf(one), 1);
  const cells = span(axis) * after.reduce((n, one) => n * sizeOf(one), 1);
  const a = LETTERS.indexOf(axis.letter);
  const isRow = after.length === 0;
  if (isRow && geometry.input[a] % LANES !== 0) return NONE;
  if (!(taps <= MOST_TAPS && cells <= MOST_CELLS)) return NONE;
  if (use(geometry.output[a]) < LEAST_USE) return NONE;
  const schedule: LaneSchedule = {
    ...common(axis, geometry, after),
    inputs: isRow ? LANES : 1,
    outputs: isRow && geometry.output[a] % LANES === 0 ? LANES : 1,
  };
  return { schedule, taps };
}

function gatherLanes(axis: WgslAxis, { geometry, axes }: ScheduleSizes): Try {
  const at = axes.indexOf(axis);
  const after = axes.slice(at + 1);
  const a = LETTERS.indexOf(axis.letter);
  const isRow = after.length === 0;
  if (isRow && geometry.input[a] % LANES !== 0) return NONE;
  if (!(sizeOf(axis) <= MOST_TAPS)) return NONE;
  const stride = strideOf(axis);
  if (!GATHER_STRIDES.includes(stride)) return NONE;
  if (use(geometry.input[a]) < LEAST_USE) return NONE;
  const width = LANES / stride as Width;
  const schedule: LaneSchedule = {
    ...common(axis, geometry, after),
    inputs: isRow ? LANES : 1,
    outputs: isRow && geometry.output[a] % width === 0 ? width : 1,
  };
  return { schedule, taps: Math.ceil(sizeOf(axis) / stride) };
}

function common(
  { letter }: WgslAxis,
  geometry: Geometry,
  after: readonly WgslAxis[],
) {
  const step = (side: "input" | "output") =>
    after.length === 0
      ? "1"
      : after.map(({ letter }) => `call.${side}_${letter}`).join(" * ");
  const overhang = (a: number) => {
    const axis = geometry.axes[a];
    if (axis.kind === "table") return 0;
    const { size, stride, before, dilation } = axis;
    const last = (geometry.output[a] - 1) * stride - before +
      (size - 1) * dilation;
    return Math.max(0, last - (geometry.input[a] - 1));
  };
  return {
    kind: "lanes",
    vectors: "results",
    letter,
    outputStep: step("output"),
    inputStep: step("input"),
    overhang: { d: overhang(0), h: overhang(1), w: overhang(2) },
  } as const;
}

const costs = new WeakMap<Program, number>();

/** About how many instructions a formula takes for each element. */
function costOf(program: Program): number {
  let cost = costs.get(program);
  if (cost === undefined) {
    const usual = program.kind === "window" ? usualCase(program) : undefined;
    const formulas = usual ? formulasOf(usual) : [];
    cost = [program.outputs, formulas].flatMap((outputs) =>
      topological(outputs.map(({ value }) => value))
    )
      .filter(({ level, operands }) =>
        level === "element" || operands.length > 0
      )
      .reduce((sum, { operation }) => sum + (COSTS[operation] ?? 1), 0);
    costs.set(program, cost);
  }
  return cost;
}

/** Elements of a window along an axis; infinite where the text cannot tell. */
function sizeOf(axis: WgslAxis): number {
  if (axis.kind === "table") return Infinity;
  return axis.kind === "unit" ? 1 : axis.size;
}

/** From one window to the next along an axis. */
export function strideOf(axis: WgslAxis): number {
  return axis.kind === "slide" ? axis.stride : 1;
}

/** From the first element of four neighbouring windows to their last. */
function span(axis: WgslAxis): number {
  const dilation = axis.kind === "slide" ? axis.dilation : 1;
  return (LANES - 1) * strideOf(axis) + (sizeOf(axis) - 1) * dilation + 1;
}

/** The share of lanes that have a result in rows of this length. */
function use(length: number): number {
  return length / (LANES * Math.ceil(length / LANES));
}
