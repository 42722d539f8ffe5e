import type { Expression } from "./expression.ts";
import {
  type Geometry,
  type Range,
  rangeOf,
  tableGroup,
  volume,
  windowSize,
} from "./geometry.ts";
import type { Program } from "./program.ts";
import {
  integerBelow,
  randomWord,
  type Stream,
  unitInterval,
} from "./threefry.ts";

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
  const reader: Reader = { geometry, inputs };
  for (let item = 0; item < geometry.items; item++) {
    for (let channel = 0; channel < geometry.channels; channel++) {
      forEach(geometry.output, (at) => {
        const place = placeWindow(geometry, { item, channel, at });
        const window = new Scope(reader, place);
        for (const { name, value } of program.outputs) {
          const result = results[name];
          if (program.kind === "window") {
            result[place.offset] = window.evaluate(value);
          } else {
            window.forEachElement((element) => {
              result[element.offset] += window.evaluate(value, element);
            });
          }
        }
      });
    }
  }
  return results;
}

interface Reader {
  readonly geometry: Geometry;
  readonly inputs: ProgramInputs;
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

/** Values of one window, each computed when it is first asked for. */
class Scope {
  readonly #window = new Map<Expression, number>();
  #element = new Map<Expression, number>();
  #at: ElementPlace | undefined;

  constructor(readonly reader: Reader, readonly place: WindowPlace) {}

  forEachElement(visit: (element: ElementPlace) => void): void {
    const { geometry } = this.reader;
    const { axes, input, channels } = geometry;
    const { ranges, channel } = this.place;
    const item = geometry.sources?.[this.place.item] ?? this.place.item;
    const plane = volume(input);
    forEach(ranges.map(({ from, to }) => to - from), (step) => {
      const taps = step.map((t, a) => t + ranges[a].from);
      const at = taps.map((t, a) => ranges[a].start + t * axes[a].dilation);
      const position = (at[0] * input[1] + at[1]) * input[2] + at[2];
      visit({
        position,
        offset: geometry.layout === "NCHW"
          ? (item * channels + channel) * plane + position
          : (item * plane + position) * channels + channel,
        tap: (taps[0] * axes[1].size + taps[1]) * axes[2].size + taps[2],
      });
    });
  }

  /** The value of an expression, in one element of the window or in all of it. */
  evaluate(x: Expression, at?: ElementPlace): number {
    if (at !== this.#at) {
      this.#at = at;
      this.#element = new Map();
    }
    const known = x.level === "element" ? this.#element : this.#window;
    let value = known.get(x);
    if (value === undefined) {
      value = this.#compute(x);
      known.set(x, value);
    }
    return value;
  }

  #compute(x: Expression): number {
    const compute = operations[x.operation];
    if (compute) {
      const at = this.#at;
      return compute(...x.operands.map((y) => this.evaluate(y, at)));
    }
    return this.#leaf(x) ?? this.#fold(x);
  }

  #leaf(x: Expression): number | undefined {
    const { geometry, inputs } = this.reader;
    const { place } = this;
    const element = this.#at!;
    const taps = windowSize(geometry);
    const word = (index: number) =>
      randomWord(inputs.stream!, x.value, index >>> 0);
    switch (x.operation) {
      case "constant":
      case "integer":
        return x.value;
      case "scalar":
        return inputs.scalars![x.name];
      case "element":
        return inputs.tensors[x.name][element.offset];
      case "perWindow":
      case "perWindowIndex":
        return inputs.tensors[x.name][place.offset];
      case "channel":
        return inputs.tensors[x.name][place.channel];
      case "plane":
        return inputs.tensors[x.name][
          place.item * geometry.channels + place.channel
        ];
      case "tap":
        return inputs.tensors[x.name][place.channel * taps + element.tap];
      case "position":
        return element.position;
      case "tapIndex":
        return element.tap;
      case "count":
        return place.ranges.reduce(
          (n, { from, to }) => n * Math.max(0, to - from),
          1,
        );
      case "paddedCount":
        return place.ranges.reduce((n, { padded }) => n * padded, 1);
      case "windowRandom":
        return unitInterval(word(place.index));
      case "windowWord":
        return word(place.index);
      case "elementRandom":
        return unitInterval(word(place.index * taps + element.tap));
    }
  }

  #fold(x: Expression): number {
    const before = this.#at;
    const result = x.operation === "pick" ? this.#pick(x) : this.#reduce(x);
    this.#at = before;
    this.#element = new Map();
    return result;
  }

  #pick({ operands: [weight, threshold] }: Expression): number {
    const above = this.evaluate(threshold) >>> 0;
    let sum = 0;
    let picked = -1;
    this.forEachElement((element) => {
      sum += this.evaluate(weight, element) >>> 0;
      if (picked < 0 && sum > above) picked = element.position;
    });
    return picked;
  }

  #reduce(x: Expression): number {
    const [body] = x.operands;
    let sum = 0;
    let best = x.operation === "foldMin" || x.operation === "argmin"
      ? Infinity
      : -Infinity;
    const sign = -Math.sign(best);
    let winner = -1;
    this.forEachElement((element) => {
      const value = this.evaluate(body, element);
      sum += value;
      const better = sign * value > sign * best || Number.isNaN(value);
      if (winner < 0 || better) {
        best = value;
        winner = element.position;
      }
    });
    if (x.operation === "indexSum") return sum | 0;
    if (x.operation === "sum") return sum;
    return x.operation.startsWith("arg") ? winner : best;
  }
}

const bit = (condition: boolean) => condition ? 1 : 0;

/** A number as float32, and its bits. */
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** What each elementwise operation computes; conditions are 1 and 0. */
const operations: Partial<Record<string, (...x: number[]) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a < 0 ? NaN : Math.pow(a, b),
  asNumber: (a) => a,
  exponent: (a) => {
    single[0] = a;
    return ((singleBits[0] >>> 23) & 0xff) - 127;
  },
  ldexp: (a, power) => Math.fround(a) * 2 ** power,
  asIndex: (a) => Math.trunc(a) | 0,
  mulHigh: (a, b) => integerBelow(a >>> 0, b >>> 0),
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  isNaN: (a) => bit(Number.isNaN(a)),
  lt: (a, b) => bit(a < b),
  le: (a, b) => bit(a <= b),
  eq: (a, b) => bit(a === b),
  sameIndex: (a, b) => bit(a === b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  not: (a) => 1 - a,
  likely: (a) => a,
  select: (condition, a, b) => condition === 1 ? a : b,
  selectIndex: (condition, a, b) => condition === 1 ? a : b,
};
