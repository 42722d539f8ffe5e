import { assert } from "@std/assert";
import type { Backend, Shape, Tensor, Value } from "@rockpool/core";
import {
  adaptiveTable,
  drawIndex,
  type Geometry,
  interpreter,
  regions,
  select,
  slide,
  tables,
  type WindowKernel,
  windowKernel,
  windowSize,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

/** Kernels that between them use every operation of the language. */
const kernels: readonly WindowKernel[] = [
  windowKernel("max-with-index", ["x"], ({ x }, fold) => ({
    y: fold.max(x),
    indices: fold.argmax(x),
  })),
  windowKernel(
    "least-and-where",
    ["x"],
    ({ x }, fold) => ({ y: fold.min(x.abs()).sqrt(), at: fold.argmin(x) }),
  ),
  windowKernel("nested", ["x"], ({ x }, fold) => {
    const weight = x.sub(fold.max(x)).exp();
    return fold.sum(weight.mul(x)).div(fold.sum(weight)).add(fold.mean(x));
  }),
  windowKernel(
    "counts",
    ["x"],
    ({ x }, fold) =>
      fold.sum(x.mul(fold.count())).div(fold.count("padded").max(1)),
  ),
  windowKernel(
    "parameters",
    ["x"],
    ({ x, gain, filter, power }, fold) =>
      fold.sum(x.mul(filter)).mul(gain).add(
        fold.sum(x.mul(x).add(1).pow(power)).log(),
      ),
    { channels: ["gain"], taps: ["filter"], scalars: ["power"] },
  ),
  windowKernel(
    "drawn",
    ["x"],
    ({ x }, fold, draw) =>
      fold.sum(x.mul(draw.elementRandom(3))).mul(draw.windowRandom(7)),
  ),
  windowKernel("picked", ["x"], ({ x }, fold, { windowWord }) => {
    const at = drawIndex(x.abs(), windowWord(5));
    return { y: fold.at(x, at), at: select(fold.max(x).lt(1), at, -1) };
  }),
  windowKernel(
    "of-planes-and-windows",
    ["x"],
    ({ x, share, guide }, fold) => {
      const distance = x.sub(guide).mul(share);
      return fold.sum(distance.mul(distance).add(1).log());
    },
    { planes: ["share"], windows: ["guide"] },
  ),
  windowKernel(
    "two-inputs",
    ["x", "logit"],
    ({ x, logit }, fold) => {
      const weight = logit.exp();
      return fold.sum(x.mul(weight)).div(fold.sum(weight).add(0.5));
    },
  ),
];

/** A generator of numbers that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Case {
  readonly name: string;
  readonly kernel: WindowKernel;
  readonly geometry: Geometry;
}

function* cases(count: number): Generator<Case> {
  const next = generator(20);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  for (let index = 0; index < count; index++) {
    const axes = pick([1, 2, 2, 3]);
    const layout = pick(["NCHW", "NHWC"] as const);
    const channels = pick([1, 2, 3, 4, 5, 9]);
    const spatial = Array.from(
      { length: axes },
      () => pick(axes === 3 ? [3, 4, 7] : [5, 6, 8, 11, 13, 21]),
    );
    const items = pick([1, 2]);
    const shape: Shape = layout === "NCHW"
      ? [items, channels, ...spatial]
      : [items, ...spatial, channels];
    const kernel = pick(kernels);
    const each = <T>(make: () => T) => spatial.map(make);
    const kind = pick(["slide", "slide", "slide", "table", "region"]);
    let geometry: Geometry;
    try {
      geometry = kind === "slide"
        ? slide(shape, {
          axes,
          layout,
          kernelSize: each(() => pick([1, 2, 3, 4, 5])),
          stride: each(() => pick([1, 1, 2, 2, 3, 4])),
          padding: each(() => [pick([0, 1, 2]), pick([0, 1])] as const),
          dilation: each(() => pick([1, 1, 1, 2, 3])),
          ceilMode: pick([true, false]),
        })
        : kind === "table"
        ? tableWindows(shape, { spatial, layout, items, channels, next })
        : regionWindows(shape, { spatial, layout, items, next });
    } catch (error) {
      if (error instanceof RangeError && kind === "slide") continue;
      throw error;
    }
    yield {
      name:
        `${kernel.name} ${kind} ${layout} [${shape}] → [${geometry.outputShape}] #${index}`,
      kernel,
      geometry,
    };
  }
}

interface Place {
  readonly spatial: readonly number[];
  readonly layout: "NCHW" | "NHWC";
  readonly items: number;
  readonly channels?: number;
  readonly next: () => number;
}

function tableWindows(shape: Shape, place: Place): Geometry {
  const { spatial, layout, items, channels = 1, next } = place;
  const per = (["call", "item", "plane"] as const)[Math.floor(next() * 3)];
  const groups = { call: 1, item: items, plane: items * channels }[per];
  return tables(shape, {
    layout,
    per,
    tables: spatial.map((length) => {
      const windows = 1 + Math.floor(next() * 6);
      const starts: number[] = [];
      const counts: number[] = [];
      for (let group = 0; group < groups; group++) {
        const table = adaptiveTable(length, windows);
        const shift = Math.floor(next() * 2);
        starts.push(...Array.from(table.starts));
        counts.push(
          ...Array.from(table.counts, (n) => Math.max(0, n - shift)),
        );
      }
      return { starts, counts };
    }),
  });
}

function regionWindows(shape: Shape, place: Place): Geometry {
  const { spatial, layout, items, next } = place;
  const rois: number[] = [];
  for (let row = 0; row < 5; row++) {
    rois.push(Math.floor(next() * items));
    for (let corner = 0; corner < 2; corner++) {
      for (const length of spatial.toReversed()) {
        rois.push(next() * (length + 4) - 2 + corner * 2);
      }
    }
  }
  return regions(shape, {
    shape: [5, 1 + 2 * spatial.length],
    data: Float32Array.from(rois),
  }, { layout, outputSize: spatial.map(() => 1 + Math.floor(next() * 3)) });
}

/** All results of a case on a backend: outputs, then gradients. */
async function evaluate(
  backend: Backend,
  { kernel, geometry }: Case,
): Promise<Tensor[]> {
  const next = generator(7);
  using session = backend.session({ mode: "train", seed: 5 });
  const tensor = (shape: Shape, of: () => number) =>
    session.upload({
      shape,
      data: Float32Array.from(
        { length: shape.reduce((n, length) => n * length, 1) },
        of,
      ),
    });
  const values: Record<string, Value> = {};
  // Quarters give ties.
  for (const name of kernel.inputs) {
    values[name] = tensor(
      geometry.inputShape,
      () => Math.round(next() * 16 - 8) / 4,
    );
  }
  const { channels } = geometry;
  for (const name of kernel.leaves.channels) {
    values[name] = tensor([channels], next);
  }
  for (const name of kernel.leaves.planes) {
    values[name] = tensor([geometry.items, channels], next);
  }
  for (const name of kernel.leaves.windows) {
    values[name] = tensor(geometry.outputShape, next);
  }
  for (const name of kernel.leaves.taps) {
    values[name] = tensor([channels, windowSize(geometry)], next);
  }
  const scalars = Object.fromEntries(
    kernel.leaves.scalars.map((name) => [name, 1.5]),
  );
  const outputs = session.window(kernel, { values, scalars }, geometry);
  const dy = tensor(geometry.outputShape, () => next() * 2 - 1);
  const gradients = session.grad(outputs.y, dy, Object.values(values));
  return await Promise.all(
    [...Object.values(outputs), ...gradients].map((value) =>
      session.read(value)
    ),
  );
}

/** The largest difference, relative to values above 1. */
function distance(a: Tensor, b: Tensor): number {
  let largest = 0;
  for (const [index, x] of a.data.entries()) {
    const y = b.data[index];
    const same = Object.is(x, y) || x === y;
    const apart = same ? 0 : Math.abs(x - y) / Math.max(1, Math.abs(y));
    largest = Number.isNaN(apart) ? Infinity : Math.max(largest, apart);
  }
  return largest;
}

for (const threads of [1, 2]) {
  Deno.test(`cpu() with ${threads} threads agrees with the interpreter on generated kernels and windows`, async () => {
    using oracle = interpreter();
    using backend = await cpu({ threads });
    const faults: string[] = [];
    let tried = 0;
    for (const test of cases(Number(Deno.env.get("CASES") ?? 400))) {
      const expected = await evaluate(oracle, test);
      try {
        const got = await evaluate(backend, test);
        for (const [index, tensor] of got.entries()) {
          const apart = distance(tensor, expected[index]);
          if (apart > 2e-5) {
            faults.push(`${test.name}: result ${index} is ${apart} off`);
          }
        }
      } catch (error) {
        faults.push(`${test.name}: ${error}`);
      }
      tried += 1;
    }
    assert(
      faults.length === 0,
      `${faults.length} faults in ${tried} cases\n${
        faults.slice(0, 40).join("\n")
      }`,
    );
  });
}
