import { type Shape, sizeOf, type Tensor } from "@rockpool/core";
import { type Random, randomBelow, randomOrder } from "./random.ts";

/**
 * What a tensor is filled with: numbers that all differ, numbers many of which
 * are equal, or NaN and both infinities among numbers that differ.
 */
export type DataKind = "spread" | "ties" | "non-finite";

/** All kinds of data. */
export const DATA_KINDS: readonly DataKind[] = ["spread", "ties", "non-finite"];

const TIED = [-1, 0, 0.5, 1];

/**
 * A tensor of random numbers between −4 and 4, exact in float32 with bits to
 * spare, so that a small step to either side is exact too.
 */
export function makeTensor(
  shape: Shape,
  { random, kind = "spread" }: { random: Random; kind?: DataKind },
): Tensor<Float32Array> {
  const data = kind === "ties"
    ? tied(sizeOf(shape), random)
    : spread(sizeOf(shape), random);
  if (kind === "non-finite") sprinkle(data, random);
  return { shape, data };
}

function tied(length: number, random: Random): Float32Array {
  return Float32Array.from(
    { length },
    () => TIED[randomBelow(random, TIED.length)],
  );
}

/** Equal steps in a random order: no two numbers are the same. */
function spread(length: number, random: Random): Float32Array {
  const step = 8 / 2 ** Math.max(6, Math.ceil(Math.log2(length + 1)));
  const order = randomOrder(random, length);
  return Float32Array.from(order, (place) => (place - (length >> 1)) * step);
}

/** Makes the first quarter −∞, for whole windows of it, and mixes the rest. */
function sprinkle(data: Float32Array, random: Random): void {
  data.fill(-Infinity, 0, data.length >> 2);
  for (let index = data.length >> 2; index < data.length; index++) {
    const drawn = random();
    if (drawn < 0.03) data[index] = NaN;
    else if (drawn < 0.06) data[index] = Infinity;
    else if (drawn < 0.12) data[index] = -Infinity;
  }
}
