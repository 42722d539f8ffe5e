import { assertEquals } from "@std/assert";
import {
  adaptiveTable,
  programsOf,
  slide,
  tables,
  windowKernel,
} from "@rockpool/kernel";
import { workOf } from "./work_of.ts";

const { infer: greatest } = programsOf(
  windowKernel("max", ["x"], ({ x }, fold) => fold.max(x)),
);
const { infer: exponentials } = programsOf(
  windowKernel("exp", ["x"], ({ x }, fold) => fold.sum(x.exp())),
);

Deno.test("workOf() counts elements as often as windows hold them", () => {
  const shape = [2, 3, 8, 8];
  const work = (options: { kernelSize: number; stride?: number }) =>
    workOf(greatest, slide(shape, options));
  assertEquals(work({ kernelSize: 2 }), 2 * 3 * 64);
  assertEquals(work({ kernelSize: 2, stride: 1 }), 2 * 3 * 49 * 4);
  const whole = adaptiveTable(8, 1);
  assertEquals(
    workOf(greatest, tables(shape, { tables: [whole, whole] })),
    2 * 3 * 64,
  );
});

Deno.test("workOf() is far more where each element has an exponential", () => {
  const windows = slide([1, 1, 4, 4], { kernelSize: 2 });
  assertEquals(workOf(exponentials, windows), 13 * 16);
});
