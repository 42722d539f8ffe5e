import { checkExamples, float32 } from "@rockpool/conformance";
import type { DetailPreservingOptions } from "./mod.ts";
import { detailPreserving } from "./mod.ts";

/** The filter of the guide, its weights by row. */
interface Filter {
  readonly weights: number[][];
  readonly padding: number;
  readonly bias: number;
}

/** One plane, pooled as the definition reads, without logarithms. */
interface Definition
  extends Pick<DetailPreservingOptions, "variant" | "normalize" | "epsilon"> {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly alpha: number;
  readonly lambda: number;
  readonly filter?: Filter;
}

type Plane = readonly (readonly number[])[];

function byDefinition(x: Plane, how: Definition): number[][] {
  const { kernelSize, stride, padding } = how;
  const lengthOf = (length: number) =>
    Math.floor((length + 2 * padding - kernelSize) / stride) + 1;
  return range(lengthOf(x.length)).map((row) =>
    range(lengthOf(x[0].length)).map((column) => {
      const window = elements(x, {
        row: row * stride - padding,
        column: column * stride - padding,
        size: kernelSize,
      }).map(({ value }) => value);
      const surroundings = how.filter
        ? response(x, how.filter, {
          row: row * stride,
          column: column * stride,
        })
        : sum(window) / window.length;
      return poolWindow(window, surroundings, how);
    })
  );
}

function poolWindow(
  window: number[],
  surroundings: number,
  { variant, normalize, epsilon, alpha, lambda }: Definition,
): number {
  const energies = window.map((value) => {
    const difference = value - surroundings;
    const detail = variant === "sym" ? difference : Math.max(0, difference);
    return detail ** 2 + epsilon ** 2;
  });
  const divisor = {
    none: 1,
    mean: sum(energies) / window.length,
    sum: sum(energies),
  }[normalize];
  const weights = energies.map((energy) =>
    alpha + (energy / divisor) ** (lambda / 2)
  );
  return sum(window.map((value, at) => weights[at] * value)) / sum(weights);
}

function response(
  x: Plane,
  { weights, padding, bias }: Filter,
  at: { row: number; column: number },
): number {
  const around = elements(x, {
    row: at.row - padding,
    column: at.column - padding,
    size: weights.length,
  });
  return bias +
    sum(around.map(({ value, down, right }) => weights[down][right] * value));
}

/** The elements of a square that lie inside, and where in the square. */
function elements(
  x: Plane,
  { row, column, size }: { row: number; column: number; size: number },
) {
  return range(size).flatMap((down) =>
    range(size).flatMap((right) => {
      const value = x[row + down]?.[column + right];
      return value === undefined ? [] : [{ value, down, right }];
    })
  );
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A plane of numbers in no order. */
function planeOf(height: number, width: number): number[][] {
  return range(height).map((row) =>
    range(width).map((column) =>
      Math.fround(2 * Math.sin(7 * row * row + 5 * column + row * column))
    )
  );
}

const box = range(3).map(() => Array<number>(3).fill(1 / 9));
const slanted = [[.5, 0, -.25], [.125, .25, 0], [0, -.5, 1]];

/** Each of these changes some of what a plain call does. */
const definitions: Readonly<Record<string, Partial<Definition>>> = {
  "the block for ImageNet: a 3×3 mean with padding, and sums": {
    normalize: "sum",
    filter: { weights: box, padding: 1, bias: 0 },
  },
  "a learned filter with a bias": {
    filter: { weights: slanted, padding: 1, bias: .75 },
    variant: "asym",
    normalize: "mean",
  },
  "filters that lie behind the input": {
    kernelSize: 2,
    stride: 1,
    padding: 1,
    filter: { weights: slanted, padding: 0, bias: 0 },
  },
  "filters that begin before the input": {
    kernelSize: 3,
    stride: 1,
    padding: 0,
    filter: { weights: slanted, padding: 2, bias: 0 },
  },
  "windows that overlap, cut at the border": {
    kernelSize: 3,
    stride: 2,
    padding: 1,
    variant: "asym",
    normalize: "sum",
  },
  "weights of differences alone": { alpha: 0, lambda: 3.5 },
  "differences that count nearly alike": { alpha: .25, lambda: .125 },
};

const x = planeOf(6, 7);
checkExamples(
  detailPreserving,
  Object.entries(definitions).map(([name, changes]) => {
    const how: Definition = {
      variant: "sym",
      normalize: "none",
      epsilon: .125,
      kernelSize: 2,
      stride: 2,
      padding: 0,
      alpha: 1.5,
      lambda: 2.25,
      ...changes,
    };
    const { alpha, lambda, filter, ...options } = how;
    return {
      name,
      inputs: { x: float32([x]) },
      options: {
        ...options,
        parametrization: "direct" as const,
        ...(filter && {
          guide: "full" as const,
          filterPadding: filter.padding,
          filterBias: true,
        }),
      },
      weights: {
        alpha: float32([alpha]),
        lambda: float32([lambda]),
        ...(filter && {
          filter: float32([filter.weights]),
          bias: float32([filter.bias]),
        }),
      },
      outputs: { y: float32([byDefinition(x, how)]) },
    };
  }),
  { tolerance: { rtol: 1e-5, atol: 1e-6 } },
);
