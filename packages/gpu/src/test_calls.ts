import type { Layout, Mode, Shape, Tensor } from "@rockpool/core";
import {
  type Builtins,
  detach,
  drawIndex,
  type Expression,
  type Fold,
  type Geometry,
  regions,
  select,
  slide,
  tables,
  type WindowKernel,
  windowKernel,
  windowSize,
} from "@rockpool/kernel";

/** A kernel over windows, with everything it reads. */
export interface TestCall {
  readonly name: string;
  readonly kernel: WindowKernel;
  readonly windows: Geometry;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly scalars: Readonly<Record<string, number>>;
  /** `"train"` by default, which gives gradients too. */
  readonly mode?: Mode;
}

/** Random numbers in [0, 1) that are the same in every run. */
export type Random = () => number;

/** The mulberry32 generator. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[between(random, 0, choices.length - 1)];
}

/** Quarters between −2 and 2 without 0, many of them equal. */
export function tiedTensor(random: Random, shape: Shape): Tensor<Float32Array> {
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float32Array.from(
    { length: size },
    () => (random() < 0.5 ? -1 : 1) * between(random, 1, 8) / 4,
  );
  return { shape, data };
}

/** Kernels that together use every operation of the language. */
export const kernels: readonly WindowKernel[] = [
  windowKernel("extremes", ["x"], ({ x }, fold) => ({
    y: fold.max(x).add(fold.min(x.abs())),
    most: fold.argmax(x),
    least: fold.argmin(x.abs()),
  })),
  windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x)),
  windowKernel(
    "padded-mean",
    ["x"],
    ({ x, bias }, fold) =>
      fold.sum(x).div(fold.count("padded").max(1)).add(bias),
    { scalars: ["bias"] },
  ),
  windowKernel("soft", ["x"], ({ x, beta }, fold) => {
    const weight = x.sub(detach(fold.max(x))).mul(beta).exp();
    return fold.sum(weight.mul(x)).div(fold.sum(weight));
  }, { scalars: ["beta"] }),
  windowKernel("spread", ["x"], ({ x }, fold) => {
    const deviation = x.sub(fold.mean(x));
    const variance = fold.mean(deviation.mul(deviation));
    const skew = fold.sum(deviation.mul(deviation.abs()).mul(variance));
    return { mean: fold.mean(x), y: variance.add(1).sqrt(), skew };
  }),
  windowKernel(
    "power",
    ["x"],
    ({ x, p }, fold) => fold.sum(x.abs().pow(p)).pow(p.mul(0).add(1).div(p)),
    { scalars: ["p"] },
  ),
  windowKernel(
    "weighted",
    ["x", "logit"],
    ({ x, logit, gain, filter }, fold) => {
      const weight = logit.exp().mul(filter);
      const share = fold.sum(weight.mul(x)).div(fold.sum(logit.exp()));
      return share.mul(gain).add(gain.mul(gain).mul(fold.max(logit)));
    },
    { channels: ["gain"], taps: ["filter"] },
  ),
  windowKernel(
    "random",
    ["x"],
    ({ x }, fold, { windowRandom, elementRandom }) => {
      const noise = fold.sum(x.mul(elementRandom(1)));
      const mixed = select(windowRandom(7).lt(0.5), fold.max(x), fold.mean(x));
      return noise.add(mixed);
    },
  ),
  windowKernel("picked", ["x"], ({ x }, fold, { windowWord }) => {
    const at = drawIndex(x.abs(), windowWord(5));
    return { y: fold.at(x, at), at: select(fold.max(x).lt(1), at, -1) };
  }),
  windowKernel("choices", ["x"], ({ x }, fold) => {
    const [low, high] = [x.min(0.75), x.max(-0.5)];
    const inside = x.lt(1).and(x.ge(-1).or(x.isNaN().not()));
    const bent = select(inside, low.mul(high), x.neg().sign().add(x.floor()));
    const where = select(fold.argmax(x).eq(fold.argmin(x)), 1, 0);
    const log = fold.sum(x.abs().log().div(x.abs().add(2)));
    return {
      y: fold.sum(bent).add(where).add(log),
      first: fold.argmax(x).asNumber().add(fold.sum(select(x.eq(0.5), 1, 0))),
    };
  }),
  windowKernel("usual", ["x"], ({ x }, fold) => {
    const greatest = fold.max(x);
    const isUsual = greatest.le(1.75).likely();
    const power = select(isUsual, x, x.sub(greatest));
    return { y: fold.sum(power.exp().mul(x)), greatest };
  }),
];

/** A formula of random operations over folds inside folds. */
export function randomKernel(random: Random, name: string): WindowKernel {
  const grow = (
    x: Expression,
    fold: Fold,
    builtins: Builtins,
    depth: number,
  ): Expression => {
    if (depth === 0) return oneOf(random, [x, x.mul(0.5), x.abs().sqrt()]);
    const below = () => grow(x, fold, builtins, depth - 1);
    // Kept small, so that sums of many stay comparable.
    const bounded = (e: Expression) => e.div(e.abs().add(1));
    return oneOf<() => Expression>(random, [
      () => below().add(below()),
      () => below().sub(below()),
      () => bounded(below()).mul(bounded(below())),
      () => below().div(below().abs().add(1)),
      () => bounded(below()).exp(),
      () => x.sub(bounded(fold.mean(below()))),
      () => x.mul(bounded(fold.sum(bounded(below())))),
      () => x.mul(builtins.elementRandom(depth)),
      () => select(x.lt(0.3), below(), x),
    ])();
  };
  return windowKernel(name, ["x"], ({ x }, fold, builtins) => {
    const bodies = [1, 2].map((depth) => {
      const body = grow(x, fold, builtins, depth);
      return body.level === "element" ? body : body.add(x);
    });
    return { y: fold.mean(bodies[0]), second: fold.sum(bodies[1].div(8)) };
  });
}

/** Sliding windows that fit a random input of one to three axes. */
export function randomSlide(random: Random): Geometry {
  for (;;) {
    const axes = between(random, 1, 3);
    const each = <T>(make: () => T) => Array.from({ length: axes }, make);
    const kernelSize = each(() => between(random, 1, axes === 3 ? 3 : 4));
    const dilation = each(() => oneOf(random, [1, 1, 2, 3]));
    const padding = kernelSize.map((size, a) => {
      const most = Math.floor((dilation[a] * (size - 1) + 1) / 2);
      return [between(random, 0, most), between(random, 0, most)] as const;
    });
    const layout = oneOf<Layout>(random, ["NCHW", "NHWC"]);
    try {
      return slide(randomShape(random, axes, layout), {
        axes,
        kernelSize,
        dilation,
        padding,
        stride: each(() => between(random, 1, 4)),
        ceilMode: random() < 0.5,
        layout,
      });
    } catch {
      // The windows do not fit the input: another try.
    }
  }
}

/** Windows of random starts and sizes, for all, for items or for planes. */
export function randomTables(random: Random): Geometry {
  const axes = between(random, 1, 3);
  const layout = oneOf<Layout>(random, ["NCHW", "NHWC"]);
  const shape = randomShape(random, axes, layout);
  const per = oneOf(random, ["call", "item", "plane"] as const);
  const channels = layout === "NCHW" ? shape[1] : shape[axes + 1];
  const groups = { call: 1, item: shape[0], plane: shape[0] * channels }[per];
  const spatial = layout === "NCHW" ? shape.slice(2) : shape.slice(1, axes + 1);
  return tables(shape, {
    layout,
    per,
    tables: spatial.map((length) => {
      const windows = between(random, 1, 4);
      const dilation = oneOf(random, [1, 1, 2]);
      const steps = Math.floor((length - 1) / dilation);
      const starts: number[] = [];
      const counts: number[] = [];
      for (let group = 0; group < groups; group++) {
        // Of two sorted lists the smaller ones are sorted, and so the greater.
        const sorted = () =>
          Array.from({ length: windows }, () => between(random, 0, steps))
            .sort((a, b) => a - b);
        const ends = sorted();
        for (const [window, end] of sorted().entries()) {
          starts.push(Math.min(end, ends[window]) * dilation);
          counts.push(Math.abs(end - ends[window]) + 1);
        }
      }
      return { starts, counts, dilation };
    }),
  });
}

/** Regions inside, across and beyond the borders of a random batch. */
export function randomRegions(random: Random): Geometry {
  const axes = between(random, 1, 2);
  const layout = oneOf<Layout>(random, ["NCHW", "NHWC"]);
  const shape = randomShape(random, axes, layout);
  const rows = between(random, 1, 6);
  const data = Float32Array.from({ length: rows * (1 + 2 * axes) }, (_, at) => {
    const column = at % (1 + 2 * axes);
    if (column === 0) return between(random, 0, shape[0] - 1);
    return column <= axes ? between(random, -3, 6) : between(random, 2, 14);
  });
  return regions(shape, { shape: [rows, 1 + 2 * axes], data }, {
    layout,
    outputSize: Array.from({ length: axes }, () => between(random, 1, 3)),
    spatialScale: 0.7,
  });
}

function randomShape(random: Random, axes: number, layout: Layout): Shape {
  const items = between(random, 1, 3);
  const channels = between(random, 1, 5);
  const most = [0, 17, 11, 7][axes];
  const spatial = Array.from(
    { length: axes },
    () => between(random, 1, most),
  );
  return layout === "NCHW"
    ? [items, channels, ...spatial]
    : [items, ...spatial, channels];
}

/** A kernel over windows, with random tensors and numbers. */
export function randomCall(
  random: Random,
  kernel: WindowKernel,
  windows: Geometry,
): TestCall {
  const tensors: Record<string, Tensor> = {};
  for (const name of kernel.inputs) {
    tensors[name] = tiedTensor(random, windows.inputShape);
  }
  for (const name of kernel.leaves.channels) {
    tensors[name] = tiedTensor(random, [windows.channels]);
  }
  for (const name of kernel.leaves.taps) {
    const shape = [windows.channels, windowSize(windows)];
    tensors[name] = tiedTensor(random, shape);
  }
  const scalars = Object.fromEntries(
    kernel.leaves.scalars.map((
      name,
    ) => [name, oneOf(random, [0.5, 1.5, 2, 3])]),
  );
  const axes = windows.axes.map((axis) =>
    axis.kind === "table"
      ? `table ${axis.size}:${axis.dilation}`
      : `slide ${axis.size}/${axis.stride}+${axis.before},${axis.after}:${axis.dilation}`
  );
  const name = `${kernel.name} over ${windows.layout} ${
    windows.inputShape.join("×")
  }, ${axes.join(", ")}, per ${windows.per}`;
  return { name, kernel, windows, tensors, scalars };
}
