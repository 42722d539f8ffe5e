import { assertEquals } from "@std/assert";
import { programsOf } from "./derive.ts";
import type { Geometry } from "./geometry.ts";
import { slide } from "./slide.ts";
import { adaptiveTable, tables } from "./tables.ts";
import { wgslPlan } from "./wgsl_plan.ts";
import { windowKernel } from "./window_kernel.ts";

const max = windowKernel("max", ["x"], ({ x }, fold) => ({
  y: fold.max(x),
  indices: fold.argmax(x),
}));

/** What matters of a schedule, in a few words. */
function scheduleOf(windows: Geometry, of: "infer" | "gradient"): string {
  const { infer, gradients } = programsOf(max);
  const program = of === "infer" ? infer : gradients[0].program;
  const { schedule } = wgslPlan(program, windows);
  switch (schedule.kind) {
    case "lanes": {
      const { letter, inputs, outputs } = schedule;
      return `lanes along ${letter}, ${inputs} in, ${outputs} out`;
    }
    case "team": {
      const { members, parts, vectors, isRun } = schedule;
      return `team of ${members}, parts: ${parts}, vectors: ${vectors}${
        isRun ? ", a run" : ""
      }`;
    }
    case "tile": {
      const [rows, columns] = schedule.results;
      return `tiles of ${rows} × ${columns}, vectors: ${schedule.vectors}`;
    }
    default:
      return schedule.kind;
  }
}

const NHWC = { layout: "NHWC" } as const;
const overlapping = { kernelSize: 3, stride: 1, padding: 1 };
const strided = { kernelSize: 3, stride: 2, padding: 1 };

/** What windows, and the schedules of results and of gradients. */
const schedules: [
  what: string,
  windows: Geometry,
  infer: string,
  gradient?: string,
][] = [
  [
    "rows of vectors, stride 2",
    slide([8, 64, 112, 112], { kernelSize: 2 }),
    "lanes along w, 4 in, 4 out",
    "lanes along w, 4 in, 2 out",
  ],
  [
    "rows of vectors, stride 1",
    slide([8, 192, 28, 28], overlapping),
    "lanes along w, 4 in, 4 out",
    "lanes along w, 4 in, 4 out",
  ],
  [
    "rows of vectors with odd results",
    slide([8, 64, 112, 112], { kernelSize: 3, stride: 2 }),
    "lanes along w, 4 in, 1 out",
    "lanes along w, 4 in, 1 out",
  ],
  [
    "rows of odd lengths",
    slide([8, 64, 111, 111], strided),
    "lanes along h, 1 in, 1 out",
    "lanes along h, 1 in, 1 out",
  ],
  [
    "stride 3, which divides no vector",
    slide([8, 64, 112, 112], { kernelSize: 3 }),
    "lanes along w, 4 in, 1 out",
    "single",
  ],
  [
    "few results in a row",
    slide([2, 3, 16, 5], strided),
    "lanes along h, 1 in, 1 out",
  ],
  ["planes of few results", slide([2, 3, 5, 5], { kernelSize: 2 }), "single"],
  [
    "one element of each",
    slide([2, 3, 7, 8], { kernelSize: 1 }),
    "lanes along w, 4 in, 4 out",
  ],
  [
    "windows from tables",
    tables([2, 3, 8, 8], {
      tables: [adaptiveTable(8, 4), adaptiveTable(8, 4)],
    }),
    "single",
    "single",
  ],
  [
    "channels last",
    slide([8, 112, 112, 64], { ...strided, ...NHWC }),
    "channels",
    "channels",
  ],
  [
    "channels last that make no vectors",
    slide([8, 112, 112, 3], { ...strided, ...NHWC }),
    "single",
    "single",
  ],
  [
    "many whole planes",
    slide([8, 64, 112, 112], { kernelSize: 112 }),
    "team of 64, parts: 1, vectors: elements, a run",
  ],
  [
    "whole planes of odd sizes",
    slide([8, 64, 111, 111], { kernelSize: 111 }),
    "team of 64, parts: 1, vectors: none, a run",
  ],
  [
    "few huge windows",
    slide([1, 16, 1024, 1024], { kernelSize: 1024 }),
    "team of 64, parts: 64, vectors: elements, a run",
  ],
  [
    "small whole planes",
    slide([8, 2048, 7, 7], { kernelSize: 7 }),
    "team of 16, parts: 1, vectors: none, a run",
  ],
  [
    "small whole planes, channels last",
    slide([8, 7, 7, 2048], { kernelSize: 7, ...NHWC }),
    "team of 8, parts: 1, vectors: results, a run",
  ],
  [
    "whole planes, channels last",
    slide([8, 112, 112, 64], { kernelSize: 112, ...NHWC }),
    "team of 8, parts: 64, vectors: results, a run",
  ],
  [
    "whole planes, odd channels last",
    slide([8, 112, 112, 3], { kernelSize: 112, ...NHWC }),
    "team of 4, parts: 128, vectors: none, a run",
  ],
  [
    "windows that overlap much",
    slide([1, 256, 20, 20], { kernelSize: 13, stride: 1, padding: 6 }),
    "tiles of 20 × 20, vectors: none",
    "tiles of 20 × 20, vectors: none",
  ],
  [
    "windows that overlap much, channels last",
    slide([1, 20, 20, 256], {
      kernelSize: 5,
      stride: 1,
      padding: 2,
      ...NHWC,
    }),
    "tiles of 8 × 8, vectors: results",
    "tiles of 8 × 8, vectors: results",
  ],
  [
    "windows that overlap little",
    slide([1, 256, 20, 20], { kernelSize: 4, stride: 2, padding: 1 }),
    "lanes along w, 4 in, 1 out",
    "lanes along w, 4 in, 2 out",
  ],
  [
    "many long windows that are neighbours",
    slide([1, 1, 200, 200], { kernelSize: 17, stride: 1 }),
    "tiles of 16 × 32, vectors: none",
  ],
];

for (const [what, windows, infer, gradient] of schedules) {
  Deno.test(`wgslPlan() schedules ${what}`, () => {
    assertEquals(scheduleOf(windows, "infer"), infer);
    if (gradient) assertEquals(scheduleOf(windows, "gradient"), gradient);
  });
}

Deno.test("wgslPlan() unrolls no long formulas", () => {
  const windows = slide([2, 3, 16, 15], overlapping);
  const drawn = windowKernel(
    "drawn",
    ["x"],
    ({ x }, fold, draw) => fold.sum(x.mul(draw.elementRandom(0))),
  );
  const { schedule } = wgslPlan(programsOf(drawn).infer, windows);
  assertEquals(schedule.kind, "single");
});
