import { equalShapes, formatShape, type Shape } from "@rockpool/core";
import type { OptionSpec } from "@rockpool/core";
import { planesOf, type SlideOptions, slideOptions } from "@rockpool/kernel";

/** The options of local importance pooling. */
export interface LocalImportanceOptions extends SlideOptions {
  /** Where the logits are from: an input, or a small network on `x`. */
  readonly logit: "given" | "simplified" | "bottleneck";
  /** The upper bound of a network's logits. */
  readonly coefficient: number;
  /** The kernel of the simplified network's convolution, along each axis. */
  readonly logitKernelSize: number;
  /** Channels between the convolutions of the bottleneck. */
  readonly bottleneckWidth: number;
  /** What instance norm adds to the variance. */
  readonly eps: number;
}

/** The rules of {@linkcode LocalImportanceOptions}. */
export const localImportanceOptions: OptionSpec<LocalImportanceOptions> = {
  ...slideOptions,
  kernelSize: { ...slideOptions.kernelSize, default: 3 },
  stride: { ...slideOptions.stride, default: 2 },
  padding: { ...slideOptions.padding, default: 1 },
  logit: {
    kind: "choice",
    choices: ["given", "simplified", "bottleneck"],
    default: "given",
    help: "where the logits are from: an input, or a small network on x",
  },
  coefficient: {
    kind: "number",
    above: 0,
    default: 12,
    help: "the upper bound of a network's logits",
  },
  logitKernelSize: {
    kind: "integer",
    min: 1,
    default: 3,
    help:
      "the kernel of the simplified network's convolution, along each axis; odd",
  },
  bottleneckWidth: {
    kind: "integer",
    min: 1,
    default: 128,
    help: "channels between the convolutions of the bottleneck",
  },
  eps: {
    kind: "number",
    above: 0,
    default: 1e-5,
    help: "what instance norm adds to the variance",
  },
};

/**
 * Checks what the rules of single options do not.
 *
 * @throws {RangeError} where logits are given and fit neither the elements nor
 * the pixels, or `logitKernelSize` is even
 */
export function checkLogit(
  { x, logit }: { readonly x: Shape; readonly logit?: Shape },
  options: LocalImportanceOptions,
): void {
  const { logitKernelSize } = options;
  if (logitKernelSize % 2 === 0) {
    throw new RangeError(
      `Option logitKernelSize is ${logitKernelSize}: an odd number is needed`,
    );
  }
  if (options.logit !== "given" || !logit) return;
  const axis = channelAxis(x, options);
  const single = x.map((length, a) => a === axis ? 1 : length);
  if (equalShapes(logit, x) || equalShapes(logit, single)) return;
  throw new RangeError(
    `Cannot weight elements of shape ${formatShape(x)} by logits of shape ${
      formatShape(logit)
    }: the same shape is needed, or ${formatShape(single)}`,
  );
}

/** Which axis of a shape has the channels. */
export function channelAxis(
  shape: Shape,
  options: LocalImportanceOptions,
): number {
  const { axes, layout } = planesOf(shape, options);
  return layout === "NHWC" ? shape.length - 1 : shape.length - 1 - axes;
}
