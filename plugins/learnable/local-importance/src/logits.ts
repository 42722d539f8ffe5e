import {
  type Context,
  type Shape,
  sizeOf,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import { expand, planesOf } from "@rockpool/kernel";
import { convolve } from "./convolution.ts";
import { instanceNorm } from "./instance_norm.ts";
import { kaimingNormal } from "./kaiming_normal.ts";
import { channelAxis, type LocalImportanceOptions } from "./options.ts";

/** The weights of all networks that give logits. */
export type LogitWeight =
  | "conv"
  | "gamma"
  | "beta"
  | `${"conv" | "gamma" | "beta"}${1 | 2 | 3}`;

/** A convolution, an instance norm and an activation. */
interface Stage {
  /** What its weights are named by: `conv1` of stage 1. */
  readonly name: "" | 1 | 2 | 3;
  /** Channels that it gives and takes. */
  readonly channels: readonly [outputs: number, inputs: number];
  /** The convolution's kernel along each axis. */
  readonly kernelSize: number;
}

/** The stages of a network; the last one gives the logits. */
function stagesOf(
  channels: number,
  { logit, logitKernelSize, bottleneckWidth }: LocalImportanceOptions,
): readonly Stage[] {
  if (logit === "given") return [];
  if (logit === "simplified") {
    return [{
      name: "",
      channels: [channels, channels],
      kernelSize: logitKernelSize,
    }];
  }
  const width = bottleneckWidth;
  return [
    { name: 1, channels: [width, channels], kernelSize: 1 },
    { name: 2, channels: [width, width], kernelSize: 3 },
    { name: 3, channels: [channels, width], kernelSize: 1 },
  ];
}

/** The initial values of all weights; with them every logit is the same. */
export function logitWeights(
  x: Shape,
  options: LocalImportanceOptions,
): Record<LogitWeight, WeightSpec> {
  const { axes, channels } = planesOf(x, options);
  const weights: Partial<Record<LogitWeight, WeightSpec>> = {};
  const stages = stagesOf(channels, options);
  for (const [index, stage] of stages.entries()) {
    const { name, channels: [outputs, inputs], kernelSize } = stage;
    const isLast = index === stages.length - 1;
    const shape = [outputs, inputs, ...Array(axes).fill(kernelSize)];
    weights[`conv${name}`] = {
      shape,
      // Computed when it is asked for, which training does once.
      get initial() {
        return isLast
          ? 0
          : kaimingNormal(shape, { seed: SEED, stream: index }).data;
      },
      help: isLast ? "filters that give the logits" : "filters",
    };
    weights[`gamma${name}`] = {
      shape: [outputs],
      initial: 1,
      help: "what instance norm multiplies by",
    };
    weights[`beta${name}`] = {
      shape: [outputs],
      initial: 0,
      help: "what instance norm adds",
    };
  }
  // The type has no way to say that options decide which weights there are.
  return weights as Record<LogitWeight, WeightSpec>;
}

/** "LIP" in ASCII: what the initial weights are drawn with. */
const SEED = 0x4c4950;

/** The given logits, one for each element. */
export function givenLogits(
  cx: Context,
  x: Shape,
  logit: Value,
  options: LocalImportanceOptions,
): Value {
  const axis = channelAxis(x, options);
  return expand(cx, logit, { axis, count: x[axis] });
}

/** Logits that a network makes of the elements, shaped as they are. */
export function networkLogits(
  cx: Context,
  x: Value,
  options: LocalImportanceOptions,
  weights: Readonly<Record<LogitWeight, Value>>,
): Value {
  // Of no items there are no planes to take the mean of.
  if (sizeOf(x.shape) === 0) {
    return cx.constant({ shape: x.shape, data: new Float32Array() });
  }
  const { eps, coefficient } = options;
  const pixels = planesOf(x.shape, options);
  const { items, layout, channels } = pixels;
  const size = sizeOf(pixels.spatial);
  let maps = cx.reshape(
    x,
    layout === "NCHW" ? [items, channels, size] : [items, size, channels],
  );
  const stages = stagesOf(channels, options);
  for (const [index, { name }] of stages.entries()) {
    const isLast = index === stages.length - 1;
    maps = convolve(cx, maps, weights[`conv${name}`], pixels);
    maps = instanceNorm(cx, maps, {
      gamma: weights[`gamma${name}`],
      beta: weights[`beta${name}`],
      eps,
      layout,
      ...isLast
        ? { activation: "sigmoid", scale: coefficient }
        : { activation: "relu" },
    });
  }
  return cx.reshape(maps, x.shape);
}
