import { CONTRACT, type PoolingOp } from "@rockpool/core";
import { regions } from "@rockpool/kernel";
import { greatest, greatestWithIndices } from "./greatest.ts";
import { type RegionsOptions, regionsOptions } from "./options.ts";
import { planOf, regionsShape } from "./plan.ts";
import { remember } from "./remember.ts";

/** The options of {@linkcode roi}. */
export interface RoiOptions extends RegionsOptions {
  /** Whether the winners' positions are given too. */
  readonly returnIndices: boolean;
}

/**
 * RoI max pooling: the greatest element of each part of regions of interest.
 *
 * Corners are multiplied by `spatialScale` and rounded half away from zero, and
 * both belong to the region. Along an axis on which it has n elements, part i
 * of P is `[floor(i n / P), ceil((i + 1) n / P))`, in integers; what lies
 * outside the input is cut off. A part that has nothing left gives 0 and passes
 * no gradient. The first of equal elements wins and takes the whole gradient;
 * NaN wins over numbers, the last one first.
 *
 * `x` is `[N, C, …spatial]`, `rois` `[K, 1 + 2 · axes]`, the output
 * `[K, C, …outputSize]`. With `returnIndices` the output `indices` (int32,
 * shaped as `y`) has the winners' positions in their plane, −1 for none.
 *
 * Girshick, Fast R-CNN (2015), arXiv 1504.08083.
 *
 * @throws {RangeError} where a row of `rois` names no item of the batch or
 * holds what is no number
 *
 * @example
 * ```ts
 * import { roi } from "@rockpool/roi";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.from({ length: 16 }, (_, index) => index);
 * const x = session.upload({ shape: [1, 1, 4, 4], data });
 * const rois = { shape: [1, 5], data: Float32Array.of(0, 0, 0, 2, 3) };
 * const { y } = session.run(roi, { x }, { options: { rois, outputSize: [2, 1] } });
 * assertEquals([...(await session.read(y)).data], [6, 14]);
 * ```
 */
export const roi: PoolingOp<RoiOptions, "x", never, "y" | "indices"> = {
  name: "roi",
  contract: CONTRACT,
  summary: "the greatest element of each part of regions of interest",
  category: "downstream",
  options: {
    ...regionsOptions,
    returnIndices: {
      kind: "boolean",
      default: false,
      help: "whether the winners' positions are given too",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => regionsShape(planOf(x, options)),
  forward(cx, { x }, options) {
    const { rois, returnIndices } = options;
    const windows = remember("roi", { shape: x.shape, options }, () => {
      const { outputSize } = planOf(x.shape, options);
      return regions(x.shape, rois, { ...options, outputSize });
    });
    const kernel = returnIndices ? greatestWithIndices : greatest;
    const { y, indices } = cx.window(kernel, { values: { x } }, windows);
    return returnIndices ? { y, indices } : { y };
  },
};
