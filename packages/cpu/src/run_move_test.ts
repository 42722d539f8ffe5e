import { assertEquals } from "@std/assert";
import type { Backend, Layout, Tensor } from "@rockpool/core";
import {
  forEachIndex,
  interpreter,
  type PlaneMove,
  type PlaneSizes,
  runWatPlace,
  runWatTake,
  scatterKernel,
  strayIndex,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";
import { CpuDevice } from "./cpu_device.ts";
import { Block } from "./cpu_value.ts";
import { WasmMemory } from "./memory.ts";
import { ThreadPool } from "./thread_pool.ts";

const LAYOUTS = ["NCHW", "NHWC"] as const;

/** What memory holds that nobody is to write, or is to be overwritten. */
const DIRT = 0x7fc12345;

/** Elements of that around what is written. */
const MARGIN = 64;

/** Indices that point nowhere, of which only −1 is meant to be one. */
const NOWHERE = [-1, -2, -(2 ** 31), 2 ** 31 - 1];

/** Whole numbers from 0 up to a limit that are the same in every run. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

/**
 * Planes of all kinds: odd, smaller than a vector, and at last so many that
 * threads divide them among themselves.
 */
function* planesOf(layout: Layout): Generator<PlaneSizes> {
  for (const [indexed, target] of [[1, 1], [3, 2], [7, 21], [45, 19]]) {
    for (const channels of [1, 2, 3, 4, 5, 15, 16, 17, 35]) {
      for (const items of [1, 3]) {
        yield { items, channels, indexed, target, layout };
      }
    }
  }
  yield { items: 5, channels: 37, indexed: 77, target: 323, layout };
  for (const [rows, paired] of [[1, 4], [2, 5], [3, 7], [4, 8], [9, 30]]) {
    const indexed = rows * paired;
    for (const channels of [1, 12]) {
      yield {
        items: 3,
        channels,
        indexed,
        target: 4 * indexed,
        paired,
        layout,
      };
    }
  }
}

function fillIndices(
  { data }: Block,
  planes: PlaneSizes,
  outside: readonly number[],
): void {
  const { indexed, target } = planes;
  const random = randomFrom(indexed);
  if (planes.paired !== undefined) {
    fillPairs(data, planes, random);
    // Planes without, with and without what points elsewhere.
    const at = Math.floor(data.length / 2);
    data[at] = random(2) === 0 ? random(target) : outside[random(4)];
    return;
  }
  for (let i = 0; i < data.length; i++) {
    const kind = random(8);
    data[i] = kind < outside.length ? outside[kind] : random(target);
  }
}

/** Places in windows of 2 × 2, one for each index. */
function fillPairs(
  data: Block["data"],
  { channels, indexed, paired = 0, layout }: PlaneSizes,
  random: (limit: number) => number,
): void {
  for (let i = 0; i < data.length; i++) {
    const at = layout === "NCHW" ? i : Math.floor(i / channels);
    const [row, column] = [
      Math.floor(at % indexed / paired),
      at % paired,
    ];
    data[i] = (2 * row + random(2)) * 2 * paired + 2 * column + random(2);
  }
}

/** The bits that a move is to write, by the definition of indices. */
function expectedOf(
  kind: "scatter" | "take",
  { from, to, indices, planes }: PlaneMove<Block>,
): Int32Array {
  const [source, expected] = [bitsOf(from), new Int32Array(to.size)];
  forEachIndex(planes, indices.data, (small, large) => {
    if (kind === "scatter") expected[large] = source[small];
    else expected[small] = source[large];
  });
  return expected;
}

function bitsOf({ memory, address, size }: Block): Int32Array {
  return new Int32Array(memory.memory.buffer, address, size).slice();
}

/** Moves values into the midst of dirt and looks at all of it. */
function checkMove(
  device: CpuDevice,
  kind: "scatter" | "take",
  planes: PlaneSizes,
): void {
  const { memory } = device;
  const { items, channels, indexed, target } = planes;
  const small = [items * channels * indexed];
  const large = [items * channels * target];
  const [fromShape, toShape] = kind === "scatter"
    ? [small, large]
    : [large, small];
  const from = device.allocate(fromShape, "float32");
  const indices = device.allocate(small, "int32");
  const around = device.allocate([toShape[0] + 2 * MARGIN], "int32");
  around.data.fill(DIRT);
  const address = around.address + 4 * MARGIN;
  const to = new Block(memory, address, toShape, "float32", toShape[0]);
  // Numbers of all kinds, −0 and NaN with other bits among them.
  const random = randomFrom(7);
  const words = memory.words.subarray(from.address / 4);
  for (let i = 0; i < from.size; i++) {
    words[i] = [-(2 ** 31), DIRT + 1, random(2 ** 31)][random(3)];
  }
  fillIndices(indices, planes, [...NOWHERE, target]);
  const move = { from, indices, to, planes };
  if (kind === "scatter") device.scatter(move, runWatPlace);
  else device.take(move, runWatTake);
  const dirt = Array<number>(MARGIN).fill(DIRT);
  assertEquals(
    [...around.data],
    [...dirt, ...expectedOf(kind, move), ...dirt],
    JSON.stringify(planes),
  );
  if (kind === "scatter") {
    assertEquals(
      device.scatter(move, runWatPlace),
      strayIndex(indices.data, target) === undefined,
    );
    // One that is amiss, anywhere.
    for (let i = 0; i < indices.data.length; i++) indices.data[i] = i % 2 - 1;
    assertEquals(device.scatter(move, runWatPlace), true);
    for (const stray of [target, -2]) {
      const at = random(indices.size);
      const before = indices.data[at];
      indices.data[at] = stray;
      assertEquals(
        device.scatter(move, runWatPlace),
        false,
        `${stray} at ${at}`,
      );
      indices.data[at] = before;
    }
  }
  for (const value of [around, indices, from]) device.free(value);
}

for (const threads of [1, 2]) {
  for (const kind of ["scatter", "take"] as const) {
    for (const layout of LAYOUTS) {
      const name =
        `a ${kind} in ${layout} moves all bits, and nothing else, threads: ${threads}`;
      Deno.test(name, async () => {
        const memory = new WasmMemory(threads > 1);
        using pool = threads > 1
          ? await ThreadPool.start(memory, threads)
          : undefined;
        const device = new CpuDevice(memory, { pool, fused: false });
        for (const planes of planesOf(layout)) {
          checkMove(device, kind, planes);
        }
      });
    }
  }
}

/** Values at random places, some twice or nowhere, and their gradient. */
async function scatterAndGradient(
  backend: Backend,
  { spatial, target, layout }: {
    readonly spatial: readonly number[];
    readonly target: readonly number[];
    readonly layout: Layout;
  },
): Promise<Tensor[]> {
  const random = randomFrom(3);
  const [items, channels, axes] = [3, 21, spatial.length];
  const shapeOf = (spatial: readonly number[]) =>
    layout === "NCHW"
      ? [items, channels, ...spatial]
      : [items, ...spatial, channels];
  const filled = (shape: readonly number[], next: () => number) => {
    const length = shape.reduce((n, length) => n * length, 1);
    return Array.from({ length }, next);
  };
  const plane = target.reduce((n, length) => n * length, 1);
  const shape = shapeOf(spatial);
  const numbers = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from(filled(shape, () => random(99) - 49)),
  });
  const indices = Int32Array.from(filled(shape, () => random(plane + 1) - 1));
  using session = backend.session({ mode: "train" });
  const values = session.upload(numbers(shape));
  const places = session.upload({ shape, data: indices });
  const whole = shapeOf(target);
  const y = session.scatter([values, places], scatterKernel, {
    shape: whole,
    axes,
    layout,
  });
  const dy = session.upload(numbers(whole));
  const [gradient] = session.grad(y, dy, [values]);
  return await Promise.all([session.read(y), session.read(gradient)]);
}

const SPACES: [spatial: number[], target: number[]][] = [
  [[31], [63]],
  [[9, 5], [18, 11]],
  [[3, 5, 7], [7, 10, 13]],
];
for (const layout of LAYOUTS) {
  for (const [spatial, target] of SPACES) {
    const name =
      `a scatter of ${spatial.length} axes and its gradient are the interpreter's in ${layout}`;
    Deno.test(name, async () => {
      const call = { spatial, target, layout };
      using oracle = interpreter();
      const expected = await scatterAndGradient(oracle, call);
      for (const threads of [1, 2]) {
        using backend = await cpu({ threads });
        assertEquals(await scatterAndGradient(backend, call), expected);
      }
    });
  }
}
