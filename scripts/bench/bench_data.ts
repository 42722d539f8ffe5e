import { type Shape, sizeOf, type Tensor } from "@rockpool/core";
import { type BenchCase, outputShape } from "./bench_case.ts";

/** The numbers of a case, the same ones each time. */
export interface BenchData {
  /** `x`, and what the operator reads besides it, by name. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What arrives at the output, where there is a gradient. */
  readonly dy: Tensor<Float32Array>;
}

/** The side of the pictures that regions are given in. */
const PICTURE = 800;

/**
 * Makes what a case is computed from. Inputs are positive, as behind a ReLU:
 * TensorFlow.js gives windows without a positive element no gradient.
 */
export function dataOf(benchCase: BenchCase): BenchData {
  const { op, shape, place } = benchCase;
  const inputs: Record<string, Tensor> = { x: numbers(shape, [0, 8]) };
  if (op === "local-importance") inputs.logit = numbers(shape, [-2, 2]);
  if (op === "max-unpool") inputs.indices = corners(benchCase);
  if (place.kind === "fractional") {
    inputs.samples = samples([shape[0], shape[1], 2]);
  }
  if (place.kind === "regions") inputs.rois = boxes(place.count, shape[0]);
  return { inputs, dy: numbers(outputShape(benchCase), [-1, 1]) };
}

/** Neighbours differ in these digits: a prime near 2¹². */
const DIGITS = 4093;

/**
 * Numbers from one to another in no order. No two of a window are equal: where
 * maxima are, libraries give the gradient to other elements.
 */
function numbers(
  shape: Shape,
  [from, to]: readonly [number, number],
): Tensor<Float32Array> {
  const data = new Float32Array(sizeOf(shape));
  const step = (to - from) / 2 ** 24;
  for (let i = 0; i < data.length; i++) {
    const high = scramble(i) >>> 20;
    data[i] = from + step * (2 ** 12 * high + i % DIGITS);
  }
  return { shape, data };
}

/** A 32-bit word of an index, each bit of which depends on all of it. */
function scramble(index: number): number {
  let word = Math.imul(index ^ (index >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return word ^ (word >>> 16);
}

/** Numbers in [0, 1) in no order. */
function samples(shape: Shape): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => fraction(i, Math.SQRT2) * 0.999,
  );
  return { shape, data };
}

/** For each value a place in its window: where max pooling could find it. */
function corners(benchCase: BenchCase): Tensor<Int32Array> {
  const { shape } = benchCase;
  const [height, width] = shape.slice(2);
  const across = outputShape(benchCase)[3];
  const data = Int32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const row = Math.floor(i / width) % height;
    const corner = Math.floor(4 * fraction(i, Math.SQRT2));
    return (2 * row + (corner >> 1)) * across + 2 * (i % width) + (corner & 1);
  });
  return { shape, data };
}

/** Boxes of 50 to 350 pixels in no order: the item and two corners of each. */
function boxes(count: number, items: number): Tensor<Float32Array> {
  const data = new Float32Array(5 * count);
  for (let i = 0; i < count; i++) {
    const span = (start: number, size: number) => {
      const from = fraction(i, start) * 600;
      const length = 50 + fraction(i, size) * 300;
      return [from, Math.min(from + length, PICTURE - 1)];
    };
    const [left, right] = span(Math.SQRT2, Math.sqrt(3));
    const [top, bottom] = span(Math.sqrt(5), Math.sqrt(7));
    data.set([i % items, left, top, right, bottom], 5 * i);
  }
  return { shape: [count, 5], data };
}

function fraction(index: number, irrational: number): number {
  return (index * irrational) % 1;
}
