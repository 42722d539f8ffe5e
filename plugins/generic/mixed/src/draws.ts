import type { Context, Tensor } from "@rockpool/core";
import {
  type Geometry,
  isTraining,
  unitInterval,
  volume,
} from "@rockpool/kernel";
import { SLOT } from "./blend.ts";
import type { MixedOptions } from "./options.ts";

/** A probability of which u < p is exact, for u of 24 bits, in float32 too. */
export function roundProbability(probability: number): number {
  return Math.round(probability * 2 ** 24) / 2 ** 24;
}

/** λ of every plane, where it is not drawn for each window. */
export function lambdaOfPlanes(
  cx: Context,
  { items, channels }: Geometry,
  options: MixedOptions,
): Tensor {
  const lambda = lambdaRule(cx, options, channels);
  const planes = Array.from({ length: items * channels }, (_, i) => lambda(i));
  return { shape: [items, channels], data: Float32Array.from(planes) };
}

/** λ of a plane, which is n · channels + c for channel c of item n. */
function lambdaRule(
  cx: Context,
  options: MixedOptions,
  channels: number,
): (plane: number) => number {
  const { lambda, probability, granularity, counts } = options;
  if (lambda !== null) return () => lambda;
  if (isTraining(cx, options)) {
    const draw = drawer(cx, probability);
    if (granularity === "layer") return () => draw(0);
    if (granularity === "channel") return (plane) => draw(plane % channels);
    return draw;
  }
  if (options.evalMode === "expectation") return () => probability;
  const { data } = counts!;
  return (plane) => {
    const channel = plane % channels;
    return data[channel] >= data[channels + channel] ? 1 : 0;
  };
}

/** The counts with all draws of a call, each once per channel it acts on. */
export function addDraws(
  cx: Context,
  { items, channels, output }: Geometry,
  { probability, granularity, counts }: MixedOptions,
): Tensor {
  const draw = drawer(cx, probability);
  const perItem = granularity === "plane" || granularity === "window";
  const perPlane = granularity === "window" ? volume(output) : 1;
  const { shape, data } = counts!;
  const sums = Int32Array.from(data);
  const uses = (perItem ? items : 1) * channels * perPlane;
  for (let use = 0; use < uses; use++) {
    const channel = Math.floor(use / perPlane) % channels;
    const choseMax = draw(granularity === "layer" ? 0 : use) === 1;
    sums[choseMax ? channel : channels + channel] += 1;
  }
  return { shape, data: sums };
}

/** Draws λ, 1 or 0, by index. */
function drawer(cx: Context, probability: number): (index: number) => number {
  const threshold = roundProbability(probability);
  return (index) =>
    unitInterval(cx.randomWord(SLOT, index)) < threshold ? 1 : 0;
}
