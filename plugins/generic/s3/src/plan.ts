import {
  type Context,
  formatShape,
  type Shape,
  type Tensor,
} from "@rockpool/core";
import {
  axisNames,
  isTraining,
  type PerAxis,
  perAxis,
  type Planes,
  planesOf,
} from "@rockpool/kernel";
import type { IndicesName, S3Options } from "./options.ts";

/** What the options make of an input. */
export interface Plan {
  readonly planes: Planes;
  /** One for each spatial axis. */
  readonly axes: readonly AxisPlan[];
}

/** What is to happen along one axis. */
export interface AxisPlan {
  /** The name for messages, `"height"`. */
  readonly name: string;
  /** Elements of the input. */
  readonly length: number;
  /** Elements of a window of step 1 before its position, and behind it. */
  readonly before: number;
  readonly after: number;
  /** Positions that step 1 leaves to pick from. */
  readonly positions: number;
  /** How many times shorter the output is. */
  readonly stride: number;
  readonly grids: readonly Grid[];
  /** Picks of all grids: the output's length. */
  readonly picks: number;
  /** The picks, where they are given. */
  readonly given: Tensor | null;
}

/** Neighbouring positions, some of which are picked. */
export interface Grid {
  /** The first position. */
  readonly start: number;
  /** Positions to pick from. */
  readonly positions: number;
  /** How many are picked. */
  readonly picks: number;
}

/** The options with the picks of each axis, by the number of axes. */
const INDICES: readonly (readonly IndicesName[])[] = [
  ["colIndices"],
  ["rowIndices", "colIndices"],
  ["depthIndices", "rowIndices", "colIndices"],
];

/**
 * What the options make of an input.
 *
 * @throws {TypeError} where the rank, the length of a list or the kind of given
 * picks does not fit
 * @throws {RangeError} where grids or windows do not fit the input, or given
 * picks the grids
 */
export function planOf(shape: Shape, options: S3Options): Plan {
  const { stride, kernelSize, gridSize, pool, layout } = options;
  const list = [stride, kernelSize, gridSize]
    .find((value) => Array.isArray(value) && value.length <= 3);
  const planes = planesOf(shape, {
    axes: options.axes ?? (list as readonly number[] | undefined)?.length,
    layout,
  });
  const each = (name: string, value: PerAxis) =>
    perAxis(name, value, planes.axes) as number[];
  const strides = each("stride", stride);
  const kernels = each("kernelSize", kernelSize ?? stride);
  const grids = each("gridSize", gridSize ?? stride);
  const names = INDICES[planes.axes - 1];
  for (const name of INDICES[2]) {
    if (names.includes(name) || options[name] === null) continue;
    throw new TypeError(
      `Cannot pick by ${name} along ${planes.axes} spatial axes: null is needed, their options are ${
        names.join(", ")
      }`,
    );
  }
  const axes = planes.spatial.map((length, a) =>
    axisPlan({
      name: axisNames(planes.axes)[a],
      length,
      kernel: pool === "none" ? 1 : kernels[a],
      stride: strides[a],
      gridSize: grids[a],
      given: options[names[a]],
    }, options)
  );
  for (const [a, axis] of axes.entries()) checkGiven(names[a], axis);
  return { planes, axes };
}

/** Whether positions are picked, rather than averaged. */
export function isSampled(
  cx: Pick<Context, "mode">,
  options: S3Options,
): boolean {
  return isTraining(cx, options) || options.evalMode === "sample" ||
    INDICES[2].some((name) => options[name] !== null);
}

/** What the options say about one axis. */
interface AxisRequest {
  readonly name: string;
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly gridSize: number;
  readonly given: Tensor | null;
}

function axisPlan(
  { kernel, gridSize, ...axis }: AxisRequest,
  options: S3Options,
): AxisPlan {
  const { name, length, stride } = axis;
  const valid = options.boundary === "valid";
  const needs = (least: number, what: string) => {
    if (length >= least) return;
    throw new RangeError(
      `Cannot pool an input of ${name} ${length}: ${what} needs at least ${least}`,
    );
  };
  if (gridSize % stride !== 0) {
    throw new RangeError(
      `Cannot divide ${name} into grids of ${gridSize}: gridSize must be a multiple of stride, which is ${stride}`,
    );
  }
  needs(stride, `stride ${stride}`);
  if (options.remainder === "merge") {
    needs(gridSize, `gridSize ${gridSize} with remainder "merge"`);
  }
  if (valid) needs(kernel, `kernelSize ${kernel} with boundary "valid"`);
  const positions = valid ? length - kernel + 1 : length;
  const grids = divide({ length, positions, gridSize, stride }, options);
  const picks = grids.reduce((sum, grid) => sum + grid.picks, 0);
  const leaves = (what: string) =>
    new RangeError(
      `Cannot pool an input of ${name} ${length}: kernelSize ${kernel} with boundary "valid" leaves ${what}`,
    );
  const short = grids.find((grid) => grid.positions < grid.picks);
  if (short) {
    throw leaves(
      `${short.positions} of the positions of a grid, ${short.picks} are needed to pick from`,
    );
  }
  const averages = options.evalMode === "average" &&
    !isSampled({ mode: "infer" }, options);
  if (valid && averages && blockStart(picks - 1, stride) >= positions) {
    throw leaves(
      `no position for the last block, evalMode "expectation" or "sample" is needed`,
    );
  }
  const before = valid ? 0 : Math.floor((kernel - 1) / 2);
  const after = kernel - 1 - before;
  return { ...axis, before, after, positions, grids, picks };
}

/** Grids of the input's length, each with the positions that step 1 leaves. */
function divide(
  { length, positions, gridSize, stride }: {
    readonly length: number;
    readonly positions: number;
    readonly gridSize: number;
    readonly stride: number;
  },
  { remainder }: S3Options,
): Grid[] {
  const merges = remainder === "merge";
  const count = merges
    ? Math.floor(length / gridSize)
    : Math.ceil(length / gridSize);
  return Array.from({ length: count }, (_, i) => {
    const start = i * gridSize;
    const end = merges && i === count - 1
      ? length
      : Math.min(start + gridSize, length);
    const picksFrom = merges ? gridSize : end - start;
    return {
      start,
      positions: Math.max(0, Math.min(end, positions) - start),
      picks: Math.floor(picksFrom / stride),
    };
  });
}

/** Where a block of the official average begins: half a stride too early. */
export function blockStart(block: number, stride: number): number {
  return block * stride - Math.floor(stride / 2);
}

function checkGiven(
  option: IndicesName,
  { name, given, positions, picks }: AxisPlan,
): void {
  if (given === null) return;
  const { shape, data } = given;
  if (!(data instanceof Int32Array)) {
    throw new TypeError(`Option ${option} is float32: int32 is needed`);
  }
  if (shape.length !== 1 || shape[0] !== picks) {
    throw new RangeError(
      `Option ${option} has shape ${
        formatShape(shape)
      }: ${picks} is needed, the length of the output's ${name}`,
    );
  }
  for (const [i, pick] of data.entries()) {
    const least = i === 0 ? 0 : data[i - 1] + 1;
    if (pick >= least && pick < positions) continue;
    throw new RangeError(
      `Option ${option} has ${pick} at ${i}: ${
        i > 0 && pick < least
          ? `ascending positions are needed, ${data[i - 1]} is before it`
          : `a position from 0 to ${positions - 1} is needed`
      }`,
    );
  }
}
