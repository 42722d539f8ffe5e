import { assert, assertEquals } from "@std/assert";
import {
  type Geometry,
  programsOf,
  slide,
  windowKernel,
} from "@rockpool/kernel";
import { Allocator } from "./allocator.ts";
import { HEAP_ADDRESS } from "./control.ts";
import { KernelCache } from "./kernel_cache.ts";
import { WasmMemory } from "./memory.ts";

const greatest = windowKernel("max", ["x"], ({ x }, fold) => fold.max(x));
const { infer, train, gradients: [{ program: gradient }] } = programsOf(
  greatest,
);

function makeCache(): KernelCache {
  const memory = new WasmMemory(true);
  const allocator = new Allocator(memory, HEAP_ADDRESS, 4096);
  return new KernelCache(memory, { allocator, pool: undefined, fused: false });
}

/** How many kernels the programs of max have for windows over these shapes. */
function kernelsFor(
  shapes: readonly number[][],
  windows: (shape: number[]) => Geometry,
): number {
  const cache = makeCache();
  const kernels = new Set<number>();
  for (const shape of shapes) {
    for (const program of [infer, train, gradient]) {
      kernels.add(cache.get(program, windows(shape)).job.kernel);
    }
  }
  return kernels.size;
}

const SHAPES = [1, 2, 3, 8].flatMap((items) =>
  [4, 5, 16, 64].flatMap((channels) =>
    [[16, 16], [32, 48], [56, 56], [112, 112], [20, 224]]
      .map((spatial) => [items, channels, ...spatial])
  )
);

Deno.test("a program has one kernel for inputs of all sizes", () => {
  assertEquals(
    kernelsFor(SHAPES, (shape) => slide(shape, { kernelSize: 2 })),
    3,
  );
  const whole = (shape: number[]) =>
    slide(shape, { kernelSize: shape.slice(2) });
  // Small planes are folded four at a time.
  const isSmall = ([, , height, width]: number[]) => height * width < 500;
  const small = SHAPES.filter(isSmall);
  assertEquals(kernelsFor(small, whole), 3);
  assertEquals(kernelsFor(SHAPES.filter((it) => !isSmall(it)), whole), 3);
});

Deno.test("a program has another kernel where windows reach over the edge", () => {
  const options = { kernelSize: 3, stride: 2, padding: 1 } as const;
  const windows = (shape: number[]) => slide(shape, options);
  const even = kernelsFor(SHAPES, windows);
  assertEquals(even, 3);
  const odd = SHAPES.map(([n, c, h, w]) => [n, c, h + 1, w + 1]);
  // Each of two axes may be cut at its end or not.
  const all = kernelsFor([...SHAPES, ...odd], windows);
  assert(all > even && all <= 4 * even);
});

Deno.test("the same windows are prepared once", () => {
  const cache = makeCache();
  const windows = () => slide([1, 4, 8, 8], { kernelSize: 2 });
  assert(cache.get(infer, windows()) === cache.get(infer, windows()));
  // Windows that could be changed are prepared anew, with the same kernel.
  const own = { ...windows() };
  const [first, second] = [cache.get(infer, own), cache.get(infer, own)];
  assert(first !== second);
  assertEquals(first.job.kernel, second.job.kernel);
});
