import { assert, assertEquals } from "@std/assert";
import { programsOf } from "./derive.ts";
import { drawIndex } from "./draw_index.ts";
import type { Geometry } from "./geometry.ts";
import { regions } from "./regions.ts";
import { select } from "./expression.ts";
import { slide } from "./slide.ts";
import { adaptiveTable, tables } from "./tables.ts";
import { type WatPlan, watPlan } from "./wat_plan.ts";
import { windowKernel } from "./window_kernel.ts";

const mean = programsOf(
  windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x)),
);
const drawn = programsOf(
  windowKernel(
    "drawn",
    ["x"],
    ({ x }, _, { windowWord }) => drawIndex(x, windowWord(1)),
  ),
);
const forward = mean.infer;
const [{ program: gradient }] = mean.gradients;

const plane = [2, 8, 48, 48];
const adaptive = (shape: number[], windows: number) =>
  tables(shape, {
    tables: shape.slice(2).map((length) => adaptiveTable(length, windows)),
  });
/** A region of each size, in windows of 3 by 3. */
const boxes = (...sizes: number[]) =>
  regions(plane, {
    shape: [sizes.length, 5],
    data: Float32Array.from(sizes.flatMap((size) => [0, 0, 0, size, size])),
  }, { outputSize: [3, 3] });

const cases: [
  what: string,
  geometry: Geometry,
  schedules: { forward: WatPlan["schedule"]; gradient: WatPlan["schedule"] },
][] = [
  [
    "small windows of a row",
    slide(plane, { kernelSize: 3, stride: 2 }),
    { forward: "columns", gradient: "columns" },
  ],
  [
    "large windows at a small stride",
    slide(plane, { kernelSize: 16, stride: 2 }),
    { forward: "rolling", gradient: "columns" },
  ],
  [
    "large windows at a stride that columns would read one by one",
    slide(plane, { kernelSize: 16, stride: 4 }),
    { forward: "strips", gradient: "strips" },
  ],
  [
    "whole planes",
    slide(plane, { kernelSize: 48 }),
    { forward: "elements", gradient: "elements" },
  ],
  [
    "whole planes that are small",
    slide([2, 8, 7, 7], { kernelSize: 7 }),
    { forward: "elements", gradient: "elements" },
  ],
  [
    "whole planes of few elements",
    slide([2, 8, 2, 2], { kernelSize: 2 }),
    { forward: "elements", gradient: "channels" },
  ],
  [
    "windows that are high and narrow",
    slide(plane, { kernelSize: [40, 1], stride: 9 }),
    { forward: "channels", gradient: "channels" },
  ],
  [
    "planes one element wide",
    slide([2, 8, 48, 1], { kernelSize: [48, 1] }),
    { forward: "elements", gradient: "elements" },
  ],
  [
    "windows with gaps between neighbours",
    slide(plane, { kernelSize: 24, dilation: [1, 2] }),
    { forward: "channels", gradient: "channels" },
  ],
  [
    "channels last",
    slide([2, 48, 48, 8], { kernelSize: 48, layout: "NHWC" }),
    { forward: "channels", gradient: "channels" },
  ],
  [
    "long windows from tables",
    adaptive(plane, 3),
    { forward: "strips", gradient: "strips" },
  ],
  [
    "windows from tables whose gradient alone pays",
    adaptive(plane, 12),
    { forward: "strips", gradient: "strips" },
  ],
  [
    "short windows from tables",
    adaptive(plane, 24),
    { forward: "strips", gradient: "strips" },
  ],
  [
    "large regions",
    boxes(40, 44),
    { forward: "elements", gradient: "elements" },
  ],
  [
    "regions that are small on average",
    boxes(44, 3, 3, 3),
    { forward: "channels", gradient: "elements" },
  ],
];
for (const [what, geometry, schedules] of cases) {
  Deno.test(`watPlan() has schedules for ${what}`, () => {
    assertEquals({
      forward: watPlan(forward, geometry).schedule,
      gradient: watPlan(gradient, geometry).schedule,
    }, schedules);
  });
}

Deno.test("watPlan() folds rows to one where its elements do not ask for the window", () => {
  const apart = programsOf(
    windowKernel(
      "apart",
      ["x"],
      ({ x }, fold) => fold.sum(x.sub(fold.mean(x)).abs()),
    ),
  );
  const schedule = (windows: number) =>
    watPlan(apart.infer, adaptive(plane, windows)).schedule;
  assertEquals([3, 24].map(schedule), ["elements", "tables"]);
  const wide = slide(plane, { kernelSize: 4, stride: 4, padding: 1 });
  assertEquals(watPlan(forward, wide).schedule, "columns");
  const sparse = slide(plane, { kernelSize: 3, stride: 7 });
  assertEquals(watPlan(forward, sparse).schedule, "columns");
});

Deno.test("watPlan() does not divide running sums among lanes", () => {
  const whole = slide(plane, { kernelSize: 48 });
  assertEquals(watPlan(drawn.infer, whole).schedule, "channels");
});

const greatest = programsOf(
  windowKernel("greatest", ["x"], ({ x }, fold) => fold.max(x)),
);
const last = (kernelSize: number, stride: number) =>
  slide([2, 48, 48, 8], { kernelSize, stride, layout: "NHWC" });

Deno.test("watPlan() folds rows of channels last where windows overlap much, or hold all", () => {
  const folds = ([size, stride]: [number, number]) =>
    watPlan(greatest.infer, last(size, stride)).foldsRows;
  assertEquals(
    ([[2, 2], [2, 1], [3, 2], [3, 1], [5, 1], [48, 48]] as [number, number][])
      .map(folds),
    [false, false, false, true, true, true],
  );
});

const weighed = programsOf(
  windowKernel("weighed", ["x"], ({ x }, fold) => {
    const isNear = fold.max(x).le(32).likely();
    const weight = select(isNear, x, x.sub(fold.max(x))).exp();
    return fold.sum(weight.mul(x)).div(fold.sum(weight));
  }),
);

Deno.test("watPlan() keeps rows of exponentials for the next windows of channels last", () => {
  const kept = ([size, stride]: [number, number]) => {
    const plan = watPlan(weighed.infer, last(size, stride));
    return plan.foldsRows ? plan.keptRows : undefined;
  };
  assertEquals(
    ([[2, 2], [2, 1], [3, 2], [3, 1], [4, 4]] as [number, number][]).map(kept),
    [undefined, 1, 1, 2, undefined],
  );
  assertEquals(watPlan(greatest.infer, last(3, 1)).keptRows, 0);
});

Deno.test("watPlan() gathers in blocks, or adds to winners of windows that overlap much", () => {
  const [{ program }] = greatest.gradients;
  const of = (of: typeof program, size: number, stride: number) => {
    const { block, schedule } = watPlan(of, last(size, stride));
    return block ?? schedule;
  };
  assertEquals(of(program, 3, 2), [1, 2, 2]);
  assertEquals(of(program, 3, 1), "scatter");
  assertEquals(of(gradient, 3, 1), [1, 1, 1]);
  assertEquals(of(gradient, 9, 1), "channels");
});

Deno.test("watPlan() folds rows of channels last once where places of large windows that overlap are asked for", () => {
  const keeps = (size: number, stride: number) =>
    watPlan(greatest.train, last(size, stride)).keepsPlaces;
  assertEquals([keeps(3, 1), keeps(5, 5)], [false, false]);
  assertEquals([keeps(5, 2), keeps(5, 1), keeps(13, 1)], [true, true, true]);
  assert(!watPlan(greatest.infer, last(13, 1)).keepsPlaces);
});
