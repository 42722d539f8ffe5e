import { assert, assertEquals } from "@std/assert";
import compile from "watr/compile";
import { programsOf } from "./derive.ts";
import { drawIndex } from "./draw_index.ts";
import { emitWat, watKey } from "./emit_wat.ts";
import { select } from "./expression.ts";
import { slide } from "./slide.ts";
import { adaptiveTable, tables } from "./tables.ts";
import { assertSnapshot } from "./test_snapshot.ts";
import { windowKernel } from "./window_kernel.ts";

const max = windowKernel("max", ["x"], ({ x }, fold) => fold.max(x));
const soft = windowKernel("soft", ["x"], ({ x }, fold) => {
  const weight = x.sub(fold.max(x)).exp();
  return fold.sum(weight.mul(x)).div(fold.sum(weight));
});
const usual = windowKernel("usual", ["x"], ({ x }, fold) => {
  const greatest = fold.max(x);
  const shift = select(greatest.le(32).likely(), 0, greatest);
  return fold.mean(x.sub(shift).max(-87).min(32).exp()).mul(shift.exp());
});
const picked = windowKernel(
  "picked",
  ["x"],
  ({ x }, _, { windowWord }) => drawIndex(x, windowWord(1)),
);

const meanAndPlace = windowKernel("mean-and-place", ["x"], ({ x }, fold) => ({
  y: fold.mean(x),
  at: fold.argmax(x),
}));

const mean = windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x));

const snapshots = [
  {
    name: "max over windows of two by two",
    program: programsOf(max).infer,
    geometry: slide([1, 2, 8, 8], { kernelSize: 2 }),
  },
  {
    name: "gradient of soft over padded windows",
    program: programsOf(soft).gradients[0].program,
    geometry: slide([1, 2, 8, 8], { kernelSize: 3, stride: 2, padding: 1 }),
  },
  {
    name: "gradient of mean over padded windows",
    program: programsOf(mean).gradients[0].program,
    geometry: slide([1, 1, 9, 9], { kernelSize: 3, stride: 2, padding: 1 }),
  },
  {
    name: "max and its place over overlapping windows",
    program: programsOf(max).train,
    geometry: slide([1, 2, 8, 8], { kernelSize: 3, stride: 2, padding: 1 }),
  },
  {
    name: "mean of exponentials over overlapping windows that are usual",
    program: programsOf(usual).infer,
    geometry: slide([1, 2, 8, 8], { kernelSize: 3, stride: 1 }),
  },
  {
    name: "max over small windows from tables of each plane",
    program: programsOf(max).infer,
    geometry: tables([1, 2, 8], {
      tables: [{ starts: [0, 1, 3, 6, 0, 2, 4, 5], counts: Array(8).fill(2) }],
      per: "plane",
    }),
  },
  {
    name: "soft over windows channels last",
    program: programsOf(soft).infer,
    geometry: slide([1, 8, 8, 4], { kernelSize: 2, layout: "NHWC" }),
  },
  {
    name: "draws in proportion to elements channels last",
    program: programsOf(picked).infer,
    geometry: slide([1, 8, 8, 4], { kernelSize: 2, layout: "NHWC" }),
  },
  {
    name: "gradient of max over windows channels last",
    program: programsOf(max).gradients[0].program,
    geometry: slide([1, 8, 8, 16], { kernelSize: 2, layout: "NHWC" }),
  },
  {
    name: "max over overlapping windows channels last",
    program: programsOf(max).infer,
    geometry: slide([1, 8, 8, 16], {
      kernelSize: 3,
      stride: 1,
      padding: 1,
      layout: "NHWC",
    }),
  },
  {
    name: "gradient of max over large windows channels last",
    program: programsOf(max).gradients[0].program,
    geometry: slide([1, 8, 8, 16], {
      kernelSize: 5,
      stride: 1,
      padding: 2,
      layout: "NHWC",
    }),
  },
  {
    name: "gradient of mean over whole planes channels last",
    program: programsOf(mean).gradients[0].program,
    geometry: slide([1, 7, 7, 16], { kernelSize: 7, layout: "NHWC" }),
  },
  {
    name: "max over windows from tables",
    program: programsOf(max).infer,
    geometry: tables([1, 8, 10], { tables: [adaptiveTable(10, 3)] }),
  },
  {
    name: "max over tables that are the same for all planes",
    program: programsOf(max).infer,
    geometry: tables([1, 8, 10, 10], {
      tables: [adaptiveTable(10, 4), adaptiveTable(10, 4)],
    }),
  },
  {
    name: "gradient of mean over tables that are the same for all planes",
    program: programsOf(mean).gradients[0].program,
    geometry: tables([1, 8, 10, 10], {
      tables: [adaptiveTable(10, 4), adaptiveTable(10, 4)],
    }),
  },
  {
    name: "mean and place of the greatest in large windows apart",
    program: programsOf(meanAndPlace).infer,
    geometry: slide([1, 8, 30, 30], { kernelSize: 7, stride: 7 }),
  },
  {
    name: "mean and place of the greatest in whole planes",
    program: programsOf(meanAndPlace).infer,
    geometry: slide([1, 8, 30, 30], { kernelSize: 30 }),
  },
  {
    name: "mean and place of the greatest in four planes at a time",
    program: programsOf(meanAndPlace).infer,
    geometry: slide([1, 8, 7, 7], { kernelSize: 7 }),
  },
  {
    name: "gradient of max over long windows from tables",
    program: programsOf(max).gradients[0].program,
    geometry: tables([1, 8, 90], { tables: [adaptiveTable(90, 2)] }),
  },
];

for (const { name, program, geometry } of snapshots) {
  Deno.test(`emitWat() of ${name} is as it was`, () => {
    const { text } = emitWat(program, geometry);
    const file = `${name.replaceAll(" ", "_")}.wat`;
    assertSnapshot(import.meta.dirname, file, text);
    assert(WebAssembly.validate(compile(text)));
  });
}

Deno.test("emitWat() gives the same text for the same windows on other lengths", () => {
  const { infer } = programsOf(soft);
  const options = { kernelSize: 3, stride: 2, padding: 1 };
  const [small, large] = [[1, 1, 9, 9], [4, 8, 99, 33]].map((shape) =>
    slide(shape, options)
  );
  assertEquals(watKey(infer, small), watKey(infer, large));
  assertEquals(emitWat(infer, small).text, emitWat(infer, large).text);
});

Deno.test("emitWat() gives the same text for whole planes of all sizes", () => {
  const { infer, gradients: [{ program }] } = programsOf(soft);
  const [small, large] = [[1, 1, 9, 9], [4, 8, 99, 33]].map((shape) =>
    slide(shape, { kernelSize: shape.slice(2) })
  );
  for (const each of [infer, program]) {
    assertEquals(watKey(each, small), watKey(each, large));
    assertEquals(emitWat(each, small).text, emitWat(each, large).text);
  }
});

Deno.test("emitWat() declares memory as it is shared or not", () => {
  const { infer } = programsOf(max);
  const geometry = slide([1, 1, 4, 4], { kernelSize: 2 });
  const shared = emitWat(infer, geometry).text;
  const own = emitWat(infer, geometry, { shared: false }).text;
  assert(shared.includes("(memory 1 65536 shared)"));
  assert(own.includes("(memory 1 65536))"));
});

Deno.test("emitWat() fuses sums of products where it is asked to", () => {
  const { infer } = programsOf(soft);
  const geometry = slide([1, 1, 8, 8], { kernelSize: 2 });
  const fused = emitWat(infer, geometry, { fused: true }).text;
  assert(/relaxed_madd .*exp.* \(local\.get \$sum/.test(fused));
  assert(WebAssembly.validate(compile(fused)));
  assert(!emitWat(infer, geometry).text.includes("relaxed"));
});

Deno.test("emitWat() rounds products that are subtracted from each other", () => {
  const difference = windowKernel(
    "difference",
    ["x", "y"],
    ({ x, y }, fold) => fold.max(x.mul(x).sub(y.mul(y)).add(x.mul(y))),
  );
  const geometry = slide([1, 1, 8, 8], { kernelSize: 2 });
  const { infer } = programsOf(difference);
  const { text } = emitWat(infer, geometry, { fused: true });
  assert(!text.includes("relaxed"));
});
