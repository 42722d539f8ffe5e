/**
 * Power-average pooling: the p-norm of each window, or its power mean.
 *
 * @module
 */
import { CONTRACT, type PoolingOp, type Shape } from "@rockpool/core";
import {
  slide,
  type SlideOptions,
  slideOptions,
  windowSize,
} from "@rockpool/kernel";
import { type Divisor, greatest, powerKernel } from "./src/kernels.ts";

/** The options of {@linkcode powerAverage}. */
export interface PowerAverageOptions extends SlideOptions {
  /** The power p. */
  readonly normType: number;
  /** Whether xᵖ (`signed`) or |x|ᵖ (`abs`) is summed. */
  readonly signMode: "signed" | "abs";
  /** Whether a window that `ceilMode` cuts is scaled up as if it were whole. */
  readonly partialWindow: "rescale" | "sum";
  /** Whether the sum is divided by the number of elements. */
  readonly average: boolean;
}

/**
 * Power-average (Lp) pooling: y = (Σ xᵖ)^(1/p) over each window.
 *
 * `signed` follows PyTorch: odd powers keep the sign, and a negative sum, or a
 * negative element under a power that is no integer, gives NaN. `abs` follows
 * ONNX and has a value everywhere: recommended where inputs may be negative.
 * Padding adds 0. Neither small nor large elements vanish or overflow.
 *
 * The gradient is gᵢ = g ρ sign(xᵢ) (|xᵢ| / |y|)^(p−1), without the sign for
 * odd signed powers, where ρ is what the sum is scaled by; it is 0 where y is.
 *
 * Bruna, Szlam and LeCun, Signal recovery from pooling representations (2014),
 * arXiv 1311.4025.
 *
 * @throws {RangeError} from `shape` for an infinite power with signs
 *
 * @example
 * ```ts
 * import { powerAverage } from "@rockpool/power-average";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(3, 4, 0, 0) });
 * const { y } = session.run(powerAverage, { x }, {
 *   options: { kernelSize: 2, normType: 2 },
 * });
 * assertAlmostEquals((await session.read(y)).data[0], 5, 1e-6);
 * ```
 */
export const powerAverage: PoolingOp<PowerAverageOptions, "x", never, "y"> = {
  name: "power-average",
  contract: CONTRACT,
  summary: "the p-norm of each window, or its power mean",
  category: "generic",
  options: {
    ...slideOptions,
    normType: {
      kind: "number",
      min: 0.01,
      max: 1000,
      infinite: true,
      help: "the power p",
    },
    signMode: {
      kind: "choice",
      choices: ["signed", "abs"],
      default: "signed",
      help: "whether powers of elements or of their magnitudes are summed",
    },
    partialWindow: {
      kind: "choice",
      choices: ["rescale", "sum"],
      default: "rescale",
      help:
        "whether the sum of a window that ceilMode cuts is scaled to a whole one",
    },
    average: {
      kind: "boolean",
      default: false,
      help: "whether the sum is divided by the number of elements",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => windowsOf(x, options).outputShape,
  forward(cx, { x }, options) {
    const windows = windowsOf(x.shape, options);
    const { normType: p, signMode } = options;
    const values = { x };
    if (p === Infinity) {
      return { y: cx.window(greatest, { values }, windows).y };
    }
    const kernel = powerKernel(p, { signMode, divisor: divisorOf(options) });
    const scalars = { p, root: 1 / p, positions: windowSize(windows) };
    return { y: cx.window(kernel, { values, scalars }, windows).y };
  },
};

function windowsOf(x: Shape, options: PowerAverageOptions) {
  if (options.normType === Infinity && options.signMode === "signed") {
    throw new RangeError(
      `Cannot pool with normType Infinity and signMode "signed": a finite normType or signMode "abs" is needed`,
    );
  }
  return slide(x, options);
}

/** Without `ceilMode` no window is cut. */
function divisorOf(options: PowerAverageOptions): Divisor {
  if (options.average) return "elements";
  const rescales = options.ceilMode && options.partialWindow === "rescale";
  return rescales ? "part" : "none";
}

export { powerAverage as default };
