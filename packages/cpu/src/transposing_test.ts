import { assert, assertEquals } from "@std/assert";
import type { Session, Tensor } from "@rockpool/core";
import {
  adaptiveTable,
  interpreter,
  programsOf,
  regions,
  slide,
  tables,
  watPlan,
  windowKernel,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

const kernel = windowKernel(
  "guided",
  ["x"],
  ({ x, guide, gain }, fold) => ({
    y: fold.max(x).add(guide).mul(gain),
    at: fold.argmax(x),
  }),
  { windows: ["guide"], channels: ["gain"] },
);

const SHAPE = [2, 9, 12, 13];
const BOXES = 40;

/** Boxes that together hold each element many times over. */
const rois: Tensor = {
  shape: [BOXES, 5],
  data: Float32Array.from(
    Array.from(
      { length: BOXES },
      (_, i) => [i % 2, i % 4, i % 3, 8 + i % 5, 7 + i % 6],
    ).flat(),
  ),
};

const windows = regions(SHAPE, rois, { outputSize: [3, 2] });

function filled(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float32Array.from(
    { length: size },
    (_, i) => Math.fround(Math.round(8 * Math.sin(phase + i * i)) / 8),
  );
  return { shape, data };
}

async function evaluate(session: Session): Promise<Tensor[]> {
  const values = {
    x: session.upload(filled(SHAPE, 1)),
    guide: session.upload(filled(windows.outputShape, 2)),
    gain: session.upload(filled([SHAPE[1]], 3)),
  };
  const { y, at } = session.window(kernel, { values }, windows);
  return await Promise.all([session.read(y), session.read(at)]);
}

for (const threads of [1, 2]) {
  Deno.test(`regions that are read transposed give what the interpreter gives, threads: ${threads}`, async () => {
    using backend = await cpu({ threads });
    using session = backend.session();
    const live = backend.memory().live;
    const got = await evaluate(session);
    using oracle = interpreter().session();
    assertEquals(got, await evaluate(oracle));
    session[Symbol.dispose]();
    assertEquals(backend.memory().live, live);
  });
}

Deno.test("transposing pays where tables hold elements many times over", () => {
  const { infer } = programsOf(kernel);
  const pays = (geometry: typeof windows) =>
    geometry.transposing?.pays(watPlan(infer, geometry), infer, geometry) ??
      false;
  assert(pays(windows));
  const few = { ...rois, shape: [2, 5], data: rois.data.subarray(0, 10) };
  assert(!pays(regions(SHAPE, few as Tensor, { outputSize: [3, 2] })));
  const last = { layout: "NHWC", outputSize: [3, 2] } as const;
  assert(!pays(regions([2, 12, 13, 9], rois, last)));
  assert(!pays(slide(SHAPE, { kernelSize: 5, stride: 1 })));
  const halves = [adaptiveTable(12, 2), adaptiveTable(13, 2)];
  const apart = { ...tables(SHAPE, { tables: halves }) };
  assert(!pays({ ...apart, transposing: windows.transposing }));
});
