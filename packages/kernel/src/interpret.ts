import type { Expression } from "./expression.ts";
import {
  type Geometry,
  type Range,
  rangeOf,
  tableGroup,
  volume,
  windowSize,
} from "./geometry.ts";
import { elementwise } from "./interpret_elementwise.ts";
import type { Program } from "./program.ts";
import { randomWord, type Stream, unitInterval } from "./threefry.ts";

/** What a program reads: tensors and numbers by name. */
export interface ProgramInputs {
  /** Data of each tensor, row-major. */
  readonly tensors: Readonly<Record<string, ArrayLike<number>>>;
  /** Numbers. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Key of the random numbers. */
  readonly stream?: Stream;
}

/** What a program gives: numbers in double precision. */
export type ProgramResults = Record<string, Float64Array>;

/**
 * Runs a program in double precision, one element after the other: the living
 * definition of the language, which every backend is compared to.
 */
export function interpret(
  program: Program,
  geometry: Geometry,
  inputs: ProgramInputs,
): ProgramResults {
  const outputs = volume(geometry.output) * geometry.channels * geometry.items;
  const elements = volume(geometry.input) * geometry.channels *
    geometry.inputItems;
  const size = program.kind === "gather" ? elements : outputs;
  const results: ProgramResults = Object.fromEntries(
    program.outputs.map(({ name }) => [name, new Float64Array(size)]),
  );
  const scope = new Scope(geometry, inputs);
  const formulas = program.outputs
    .map(({ name, value }) => ({ name, valueOf: scope.formula(value) }));
  for (let item = 0; item < geometry.items; item++) {
    for (let channel = 0; channel < geometry.channels; channel++) {
      forEach(geometry.output, (at) => {
        const place = placeWindow(geometry, { item, channel, at });
        scope.window = place;
        for (const { name, valueOf } of formulas) {
          const result = results[name];
          if (program.kind === "window") result[place.offset] = valueOf();
          else {
            scope.forEachElement(({ offset }) => {
              result[offset] += valueOf();
            });
          }
        }
      });
    }
  }
  return results;
}

/** Where a window lies. */
interface WindowPlace {
  readonly item: number;
  readonly channel: number;
  /** Index among the output's elements as they lie in memory. */
  readonly offset: number;
  /** Index among the output's elements with channels before the spatial axes. */
  readonly index: number;
  readonly ranges: readonly Range[];
}

/** Where an element of a window lies. */
interface ElementPlace {
  /** Index among the input's elements as they lie in memory. */
  readonly offset: number;
  /** Index inside its plane. */
  readonly position: number;
  /** Index inside its window. */
  readonly tap: number;
}

/** Calls a function with each position in three axes, row-major. */
function forEach(
  [depth, height, width]: readonly number[],
  visit: (at: [number, number, number]) => void,
): void {
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) visit([d, h, w]);
    }
  }
}

function placeWindow(
  geometry: Geometry,
  { item, channel, at }: { item: number; channel: number; at: number[] },
): WindowPlace {
  const { output, channels, axes, input } = geometry;
  const inPlane = (at[0] * output[1] + at[1]) * output[2] + at[2];
  const group = tableGroup(geometry, item, channel);
  const planes = volume(output);
  const index = (item * channels + channel) * planes + inPlane;
  return {
    item,
    channel,
    index,
    offset: geometry.layout === "NCHW"
      ? index
      : (item * planes + inPlane) * channels + channel,
    ranges: axes.map((axis, a) =>
      rangeOf(axis, input[a], at[a] + group * output[a])
    ),
  };
}

/** Computes an expression for the window, and element, where its scope is. */
type Formula = () => number;

/**
 * Goes from window to window, and in one from element to element.
 *
 * Expressions become functions once, not at each element. Every place is an
 * object of its own: by it a formula knows whether its value is still that of
 * the place before.
 */
class Scope {
  window!: WindowPlace;
  #element: ElementPlace | undefined;
  readonly #formulas = new Map<Expression, Formula>();
  readonly #geometry: Geometry;
  readonly #inputs: ProgramInputs;

  constructor(geometry: Geometry, inputs: ProgramInputs) {
    this.#geometry = geometry;
    this.#inputs = inputs;
  }

  /** Goes to each element of the window, row-major, and back to where it was. */
  forEachElement(visit: (element: ElementPlace) => void): void {
    const { axes, input, channels, layout, sources } = this.#geometry;
    const { ranges: [depth, height, width], item, channel } = this.window;
    const source = sources?.[item] ?? item;
    const plane = volume(input);
    const before = this.#element;
    for (let i = depth.from; i < depth.to; i++) {
      const d = depth.start + i * axes[0].dilation;
      for (let j = height.from; j < height.to; j++) {
        const h = height.start + j * axes[1].dilation;
        for (let k = width.from; k < width.to; k++) {
          const w = width.start + k * axes[2].dilation;
          const position = (d * input[1] + h) * input[2] + w;
          this.#element = {
            position,
            offset: layout === "NCHW"
              ? (source * channels + channel) * plane + position
              : (source * plane + position) * channels + channel,
            tap: (i * axes[1].size + j) * axes[2].size + k,
          };
          visit(this.#element);
        }
      }
    }
    this.#element = before;
  }

  /** What computes an expression, once for each place that its value has. */
  formula(x: Expression): Formula {
    let formula = this.#formulas.get(x);
    if (!formula) {
      const compute = this.#meaning(x);
      formula = x.level === "element"
        ? this.#oncePerElement(compute)
        : this.#oncePerWindow(compute);
      this.#formulas.set(x, formula);
    }
    return formula;
  }

  #oncePerElement(compute: Formula): Formula {
    let known: ElementPlace | undefined;
    let value = NaN;
    return () => {
      if (known !== this.#element) {
        value = compute();
        known = this.#element;
      }
      return value;
    };
  }

  #oncePerWindow(compute: Formula): Formula {
    let known: WindowPlace | undefined;
    let value = NaN;
    return () => {
      if (known !== this.window) {
        value = compute();
        known = this.window;
      }
      return value;
    };
  }

  #meaning(x: Expression): Formula {
    const operands = x.operands.map((operand) => this.formula(operand));
    const compute = elementwise[x.operation];
    if (compute) return applied(compute, operands);
    if (operands.length === 0) return this.#leaf(x);
    return x.operation === "pick"
      ? this.#pick(operands)
      : this.#reduce(x, operands);
  }

  #leaf({ operation, name, value }: Expression): Formula {
    const { tensors, scalars, stream } = this.#inputs;
    const { channels } = this.#geometry;
    const taps = windowSize(this.#geometry);
    const word = (index: number) => randomWord(stream!, value, index >>> 0);
    switch (operation) {
      case "constant":
      case "integer":
        return () => value;
      case "scalar":
        return () => scalars![name];
      case "element":
        return () => tensors[name][this.#element!.offset];
      case "perWindow":
      case "perWindowIndex":
        return () => tensors[name][this.window.offset];
      case "channel":
        return () => tensors[name][this.window.channel];
      case "plane":
        return () =>
          tensors[name][this.window.item * channels + this.window.channel];
      case "tap":
        return () =>
          tensors[name][this.window.channel * taps + this.#element!.tap];
      case "position":
        return () => this.#element!.position;
      case "tapIndex":
        return () => this.#element!.tap;
      case "count":
        return () =>
          this.window.ranges
            .reduce((n, { from, to }) => n * Math.max(0, to - from), 1);
      case "paddedCount":
        return () =>
          this.window.ranges.reduce((n, { padded }) => n * padded, 1);
      case "windowRandom":
        return () => unitInterval(word(this.window.index));
      case "windowWord":
        return () => word(this.window.index);
      case "elementRandom":
        return () =>
          unitInterval(word(this.window.index * taps + this.#element!.tap));
    }
    throw new TypeError(`Cannot interpret ${operation}: no such leaf is known`);
  }

  #pick([weight, threshold]: readonly Formula[]): Formula {
    return () => {
      const above = threshold() >>> 0;
      let sum = 0;
      let picked = -1;
      this.forEachElement(({ position }) => {
        sum += weight() >>> 0;
        if (picked < 0 && sum > above) picked = position;
      });
      return picked;
    };
  }

  #reduce({ operation }: Expression, [body]: readonly Formula[]): Formula {
    const isLeast = operation === "foldMin" || operation === "argmin";
    const sign = isLeast ? -1 : 1;
    return () => {
      let sum = 0;
      let best = sign * -Infinity;
      let winner = -1;
      this.forEachElement(({ position }) => {
        const value = body();
        sum += value;
        const better = sign * value > sign * best || Number.isNaN(value);
        if (winner < 0 || better) {
          best = value;
          winner = position;
        }
      });
      if (operation === "indexSum") return sum | 0;
      if (operation === "sum") return sum;
      return operation.startsWith("arg") ? winner : best;
    };
  }
}

/** An operation on the values of its operands. */
function applied(
  compute: (...x: number[]) => number,
  [a, b, c]: readonly Formula[],
): Formula {
  if (c) return () => compute(a(), b(), c());
  if (b) return () => compute(a(), b());
  return () => compute(a());
}
