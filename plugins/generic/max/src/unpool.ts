import {
  CONTRACT,
  formatShape,
  type Layout,
  type PoolingOp,
  type Shape,
} from "@rockpool/core";
import {
  axesRule,
  axisNames,
  layoutRule,
  type PerAxis,
  perAxis,
  planesOf,
  scatterKernel,
  shapeOf,
  slideOptions,
} from "@rockpool/kernel";

/** The options of {@linkcode maxUnpool}. */
export interface MaxUnpoolOptions {
  /** Elements of a window of the pooling along each axis. */
  readonly kernelSize: PerAxis;
  /** Its stride; null is the kernel size. */
  readonly stride: PerAxis | null;
  /** Its padding. */
  readonly padding: PerAxis;
  /** The spatial lengths of the output; null is the smallest that were possible. */
  readonly outputSize: PerAxis | null;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/**
 * Max unpooling: each value goes to where max pooling found it, all else is 0.
 *
 * Inputs are `x` and `indices` (int32, the same shape) as {@linkcode max}
 * gives them; −1 places nothing, and where two indices agree the later value
 * wins. The gradient of each value is that of the place it went to.
 *
 * @example
 * ```ts
 * import { maxUnpool } from "@rockpool/max";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const shape = [1, 1, 2];
 * const x = session.upload({ shape, data: Float32Array.of(8, 9) });
 * const indices = session.upload({ shape, data: Int32Array.of(1, 2) });
 * const { y } = session.run(maxUnpool, { x, indices }, {
 *   options: { kernelSize: [2] },
 * });
 * assertEquals([...(await session.read(y)).data], [0, 8, 9, 0]);
 * ```
 */
export const maxUnpool: PoolingOp<MaxUnpoolOptions, "x" | "indices"> = {
  name: "max-unpool",
  contract: CONTRACT,
  summary: "values back where max pooling found them, zeros elsewhere",
  category: "generic",
  options: {
    kernelSize: slideOptions.kernelSize,
    stride: slideOptions.stride,
    padding: {
      kind: "axes",
      min: 0,
      default: 0,
      help: "padding of the pooling along each axis",
    },
    outputSize: {
      kind: "axes",
      min: 1,
      nullable: true,
      default: null,
      help: "spatial lengths of the output; null is the smallest possible",
    },
    layout: layoutRule,
    axes: axesRule,
  },
  inputs: ["x", "indices"],
  shape: ({ x, indices }, options) => {
    if (formatShape(x) !== formatShape(indices)) {
      throw new RangeError(
        `Cannot unpool values of shape ${
          formatShape(x)
        } with indices of shape ${
          formatShape(indices)
        }: the same shape is needed`,
      );
    }
    return unpooledShape(x, options).shape;
  },
  forward(cx, { x, indices }, options) {
    const { shape, axes } = unpooledShape(x.shape, options);
    const { layout } = options;
    return {
      y: cx.scatter([x, indices], scatterKernel, { shape, axes, layout }),
    };
  },
};

function unpooledShape(
  input: Shape,
  options: MaxUnpoolOptions,
): { shape: Shape; axes: number } {
  const { kernelSize, padding } = options;
  const planes = planesOf(input, options);
  const { axes, spatial } = planes;
  const kernel = perAxis("kernelSize", kernelSize, axes) as number[];
  const pad = perAxis("padding", padding, axes) as number[];
  const stride = perAxis(
    "stride",
    options.stride ?? kernelSize,
    axes,
  ) as number[];
  const smallest = spatial.map((length, a) =>
    (length - 1) * stride[a] - 2 * pad[a] + kernel[a]
  );
  const size = outputSize(options.outputSize, smallest);
  for (const [a, length] of size.entries()) {
    const name = axisNames(axes)[a];
    if (pad[a] > Math.floor(kernel[a] / 2)) {
      throw new RangeError(
        `Cannot unpool with padding ${pad[a]} of ${name}: kernelSize ${
          kernel[a]
        } allows at most ${Math.floor(kernel[a] / 2)}`,
      );
    }
    if (length < 1 || Math.abs(length - smallest[a]) >= stride[a]) {
      throw new RangeError(
        `Cannot unpool to ${name} ${length}: kernelSize, stride and padding allow ${
          Math.max(1, smallest[a] - stride[a] + 1)
        } to ${smallest[a] + stride[a] - 1}`,
      );
    }
  }
  return { shape: shapeOf(planes, size), axes };
}

/** The spatial lengths; of a longer list those that stand last count. */
function outputSize(
  given: PerAxis | null,
  smallest: readonly number[],
): readonly number[] {
  if (given === null) return smallest;
  const list = Array.isArray(given) ? given as number[] : [given as number];
  const axes = smallest.length;
  return perAxis(
    "outputSize",
    list.length > axes ? list.slice(-axes) : given,
    axes,
  );
}
