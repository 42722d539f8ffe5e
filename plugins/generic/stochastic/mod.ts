/**
 * Stochastic pooling: an element of each window, drawn in proportion to the
 * elements themselves.
 *
 * @module
 */
import {
  type Context,
  CONTRACT,
  type PoolingOp,
  type Value,
} from "@rockpool/core";
import {
  isTraining,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  trainingRule,
  windowSize,
} from "@rockpool/kernel";
import { drawn, expected, type Negative } from "./src/kernels.ts";

/** The options of {@linkcode stochastic}. */
export interface StochasticOptions extends SlideOptions {
  /** What negative elements count as: 0, an error, or what exceeds the least. */
  readonly negative: "clamp" | "error" | "shift";
  /** Whether the drawn elements' positions are given too. */
  readonly returnIndices: boolean;
  /** Whether to draw; null is to draw in a session that trains. */
  readonly training: boolean | null;
}

/** The largest window from which an element can be drawn exactly. */
const LARGEST_WINDOW = 2 ** 16;

/**
 * Stochastic pooling: in training an element drawn with probability p = a / Σ a
 * where a = max(0, x), in inference the expectation Σ p a.
 *
 * The draw is exact in integers, so that every backend draws the same element
 * for one seed; its gradient goes to that element. A window without a positive
 * element gives 0 and passes no gradient on. NaN gives NaN.
 *
 * Zeiler and Fergus, Stochastic Pooling for Regularization of Deep
 * Convolutional Neural Networks (2013), arXiv 1301.3557.
 *
 * @throws {RangeError} for a window of more than 65,536 elements to draw from;
 * with `negative` `"error"` for a negative element where the host has the
 * numbers at hand (elsewhere its windows give NaN)
 *
 * @example
 * ```ts
 * import { stochastic } from "@rockpool/stochastic";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 4], data: Float32Array.of(1.6, 0, 0.4, 2) });
 * const { y } = session.run(stochastic, { x }, { options: { kernelSize: [4] } });
 * assertAlmostEquals((await session.read(y)).data[0], 1.68, 1e-6);
 * ```
 */
export const stochastic: PoolingOp<
  StochasticOptions,
  "x",
  never,
  "y" | "indices"
> = {
  name: "stochastic",
  contract: CONTRACT,
  summary: "an element of each window, drawn in proportion to its size",
  category: "generic",
  options: {
    ...slideOptions,
    negative: {
      kind: "choice",
      choices: ["clamp", "error", "shift"],
      default: "clamp",
      help:
        "what negative elements count as: 0, an error, or what exceeds the least of their window",
    },
    returnIndices: {
      kind: "boolean",
      default: false,
      help: "whether the drawn elements' positions are given too",
    },
    training: trainingRule,
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  forward(cx, { x }, options) {
    const { negative, returnIndices } = options;
    const windows = slide(x.shape, options);
    const bindings = { values: { x } };
    checkNegative(cx, x, negative);
    if (!isTraining(cx, options)) {
      return { y: cx.window(expected[negative], bindings, windows).y };
    }
    const size = windowSize(windows);
    if (size > LARGEST_WINDOW) {
      throw new RangeError(
        `Cannot draw from windows of ${size} elements: at most ${LARGEST_WINDOW} are needed`,
      );
    }
    const { y, indices } = cx.window(drawn[negative], bindings, windows);
    return returnIndices ? { y, indices } : { y };
  },
};

function checkNegative(cx: Context, x: Value, negative: Negative): void {
  if (negative !== "error") return;
  const below = cx.peek(x)?.find((element) => element < 0);
  if (below === undefined) return;
  throw new RangeError(
    `Cannot draw in proportion to ${below}: with negative "error" elements of at least 0 are needed`,
  );
}

export { stochastic as default };
