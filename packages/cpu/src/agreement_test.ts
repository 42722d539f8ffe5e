import type { Shape } from "@rockpool/core";
import {
  adaptiveTable,
  type Geometry,
  regions,
  slide,
  tables,
} from "@rockpool/kernel";
import {
  assertAgreement,
  type Case,
  generator,
  kernels,
} from "./test_agreement.ts";

/** How windows of a slide are drawn. */
const SLIDES = [
  "close",
  "close",
  "overlapping",
  "overlapping",
  "apart",
  "apart",
  "fitting",
  "fitting",
  "long",
  "whole",
] as const;

function* cases(count: number): Generator<Case> {
  const next = generator(20);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  for (let index = 0; index < count; index++) {
    const axes = pick([1, 2, 2, 3]);
    const layout = pick(["NCHW", "NHWC"] as const);
    const channels = pick([1, 2, 3, 4, 5, 9, 18]);
    const items = pick([1, 2]);
    const kernel = pick(kernels);
    const kind = pick(["slide", "slide", "slide", "table", "region"]);
    const how = kind === "slide" ? pick(SLIDES) : kind;
    const drawn = Array.from(
      { length: axes },
      (_, axis) =>
        drawAxis(how, { pick, few: axes === 3, last: axis === axes - 1 }),
    );
    const spatial = drawn.map(({ length }) => length);
    const shape: Shape = layout === "NCHW"
      ? [items, channels, ...spatial]
      : [items, ...spatial, channels];
    const geometry = kind === "slide"
      ? slide(shape, {
        axes,
        layout,
        kernelSize: drawn.map(({ size }) => size),
        stride: drawn.map(({ stride }) => stride),
        padding: drawn.map(({ padding }) => padding),
        dilation: drawn.map(({ dilation }) => dilation),
        ceilMode: how !== "fitting" && pick([true, false]),
      })
      : kind === "table"
      ? tableWindows(shape, { spatial, layout, items, channels, next })
      : regionWindows(shape, { spatial, layout, items, next });
    yield {
      name:
        `${kernel.name} ${how} ${layout} [${shape}] → [${geometry.outputShape}] #${index}`,
      kernel,
      geometry,
      odd: index % 3 === 0,
    };
  }
}

/** An axis and the windows on it. */
interface DrawnAxis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly padding: readonly [number, number];
  readonly dilation: number;
}

/** A length, and windows that fit into it. */
function drawAxis(
  how: string,
  { pick, few, last }: {
    readonly pick: <T>(list: readonly T[]) => T;
    /** Whether planes have many elements anyway. */
    readonly few: boolean;
    readonly last: boolean;
  },
): DrawnAxis {
  // Vectors of four, and runs of eight and sixteen, begin and end near these.
  const lengths = few
    ? [3, 4, 7]
    : last
    ? [5, 6, 8, 9, 11, 13, 16, 21]
    : [1, 3, 4, 5, 7, 8, 11, 16];
  const length = pick(lengths);
  const sizes = {
    whole: [length],
    // More rows of them would need wider limits for the rounding of sums.
    long: last ? [7, 12, 13] : [1, 2, 3],
    overlapping: [2, 3, 3, 5],
  }[how] ?? [1, 2, 3, 4, 5];
  const size = Math.min(length, pick(sizes));
  // Elements between windows are in none.
  const stride = how === "apart" || how === "fitting" && pick([true, false])
    ? size + pick([0, 1, 2, 3, 5, 8])
    : pick(how === "overlapping" ? [1, 1, 2] : [1, 1, 2, 2, 3, 4]);
  if (how === "fitting") {
    const windows = pick(few ? [1, 2] : [1, 2, 4, 5]);
    const fit = size + (windows - 1) * stride;
    return { length: fit, size, stride, padding: [0, 0], dilation: 1 };
  }
  const dilation = how === "overlapping" ? 1 : pick([1, 1, 1, 2, 3]);
  const most = Math.floor(size / 2);
  return {
    length,
    size,
    stride,
    padding: [Math.min(most, pick([0, 1, 2])), Math.min(most, pick([0, 1]))],
    dilation: (size - 1) * dilation < length ? dilation : 1,
  };
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

Deno.test("cpu() agrees with the interpreter on generated kernels and windows", async () => {
  await assertAgreement(cases(Number(Deno.env.get("CASES") ?? 400)));
});
