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

function* cases(count: number): Generator<Case> {
  const next = generator(20);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  for (let index = 0; index < count; index++) {
    const axes = pick([1, 2, 2, 3]);
    const layout = pick(["NCHW", "NHWC"] as const);
    const channels = pick([1, 2, 3, 4, 5, 9, 18]);
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
      odd: index % 3 === 0,
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

Deno.test("cpu() agrees with the interpreter on generated kernels and windows", async () => {
  await assertAgreement(cases(Number(Deno.env.get("CASES") ?? 400)));
});
