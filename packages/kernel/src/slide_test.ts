import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { rangeOf } from "./geometry.ts";
import { slide, slideShape } from "./slide.ts";

/** One axis, for the brute force below. */
interface Line {
  readonly length: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly ceilMode: boolean;
}

const lines = fc.record({
  length: fc.integer({ min: 1, max: 12 }),
  kernelSize: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  before: fc.integer({ min: 0, max: 6 }),
  after: fc.integer({ min: 0, max: 6 }),
  ceilMode: fc.boolean(),
}).filter(({ kernelSize, dilation, before, after }) => {
  const half = Math.floor((dilation * (kernelSize - 1) + 1) / 2);
  return before <= half && after <= half;
});

/** The positions of every window, by walking along the padded axis. */
function windowsByHand(line: Line): number[][] {
  const { length, stride, dilation, before, after, ceilMode } = line;
  const windows: number[][] = [];
  for (let start = -before;; start += stride) {
    const taps = Array.from(
      { length: line.kernelSize },
      (_, tap) => start + tap * dilation,
    );
    const fits = taps.at(-1)! < length + after;
    // The last one may reach out, but begins in the input or before it, and
    // less than a stride of it is missing.
    const mayReachOut = ceilMode && start < length &&
      taps.at(-1)! - (length + after - 1) < stride;
    if (!fits && !mayReachOut) return windows;
    windows.push(taps);
  }
}

Deno.test("slide() has the windows that a walk along the axis finds", () => {
  fc.assert(
    fc.property(lines, (line) => {
      const { length, before, after, ...options } = line;
      const expected = windowsByHand(line);
      const make = () =>
        slide([1, 1, length], {
          ...options,
          axes: 1,
          padding: [[before, after]],
        });
      if (expected.length === 0) return void assertThrows(make, RangeError);
      const { axes, output } = make();
      assertEquals(output, [1, 1, expected.length]);
      for (const [index, taps] of expected.entries()) {
        const range = rangeOf(axes[2], length, index);
        const inside = taps.filter((at) => at >= 0 && at < length);
        const got = taps.slice(range.from, Math.max(range.from, range.to));
        assertEquals(got, inside);
        assertEquals(range.start, taps[0]);
        assertEquals(
          range.padded,
          taps.filter((at) => at < length + after).length,
        );
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});

const shapes: [
  what: string,
  shape: number[],
  options: Parameters<typeof slide>[1],
  output: number[],
][] = [
  ["rounds down", [1, 3, 7, 7], { kernelSize: 2 }, [1, 3, 3, 3]],
  ["rounds up with ceilMode", [1, 3, 7, 7], {
    kernelSize: 2,
    ceilMode: true,
  }, [1, 3, 4, 4]],
  ["drops a last window that begins behind the input", [1, 1, 3, 3], {
    kernelSize: 2,
    padding: 1,
    stride: 3,
    ceilMode: true,
  }, [1, 1, 2, 2]],
  ["keeps a missing batch axis missing", [3, 8, 8], { kernelSize: 2 }, [
    3,
    4,
    4,
  ]],
  ["takes rank 2 for one axis", [3, 8], { kernelSize: 2 }, [3, 4]],
  ["takes rank 5 for three axes", [1, 1, 4, 6, 8], { kernelSize: 2 }, [
    1,
    1,
    2,
    3,
    4,
  ]],
  ["counts axes by a list", [2, 3, 8], { kernelSize: [2] }, [2, 3, 4]],
  ["counts axes as it is told", [2, 3, 8], { kernelSize: 2, axes: 1 }, [
    2,
    3,
    4,
  ]],
  ["has channels last with NHWC", [1, 8, 6, 3], {
    kernelSize: 2,
    layout: "NHWC",
  }, [1, 4, 3, 3]],
  ["pads each side by its own", [1, 1, 4, 4], {
    kernelSize: 2,
    stride: 1,
    padding: [[0, 1], [1, 1]],
  }, [1, 1, 4, 5]],
  ["strides by the kernel size of each axis", [1, 1, 6, 6], {
    kernelSize: [2, 3],
  }, [1, 1, 3, 2]],
  ["allows an empty batch", [0, 1, 4, 4], { kernelSize: 2 }, [0, 1, 2, 2]],
];
for (const [what, shape, options, output] of shapes) {
  Deno.test(`slideShape() ${what}`, () => {
    assertEquals(slideShape(shape, options), output);
  });
}

const refused: [
  shape: number[],
  options: Parameters<typeof slide>[1],
  kind: typeof RangeError | typeof TypeError,
  message: string,
][] = [
  [
    [1, 1, 3, 9],
    { kernelSize: 5 },
    RangeError,
    "Cannot pool an input of height 3: kernelSize 5 with padding 0 needs at least 5",
  ],
  [
    [1, 1, 9, 2],
    { kernelSize: 3, dilation: 2, padding: [1, [1, 0]] },
    RangeError,
    "Cannot pool an input of width 2: kernelSize 3 with dilation 2 with padding [1, 0] needs at least 4",
  ],
  [
    [1, 1, 2, 9, 9],
    { kernelSize: [3, 1, 1] },
    RangeError,
    "Cannot pool an input of depth 2",
  ],
  [
    [1, 1, 9, 9],
    { kernelSize: 3, padding: 2 },
    RangeError,
    "Cannot pad height by 2: kernelSize 3 with dilation 1 allows at most 1",
  ],
  [
    [1, 1, 9, 9],
    { kernelSize: [3, 2], padding: [0, [0, 2]] },
    RangeError,
    "Cannot pad width by 2",
  ],
  [
    [1, 1, 9, 9],
    { kernelSize: [3, 3], stride: [1] },
    TypeError,
    "Option stride is [1]: it has 1 entries, 2 are needed, one for each of height, width",
  ],
  [[9], { kernelSize: 3 }, TypeError, "it has rank 1, rank 2 to 5 is needed"],
  [
    [1, 1, 9, 9],
    { kernelSize: 3, axes: 1 },
    TypeError,
    "it has rank 4, with 1 spatial axes rank 3 (a batch) or 2 is needed",
  ],
  [[1, 0, 9, 9], { kernelSize: 3 }, RangeError, "at least one channel"],
  [[1, 1, 9, 0], { kernelSize: 3 }, RangeError, "one element along each"],
  [
    [1, 1, 9, 9],
    { kernelSize: 1, stride: 2 ** 30 },
    RangeError,
    "reach beyond 32-bit indices",
  ],
  [[2 ** 16, 1, 2 ** 8, 2 ** 8], { kernelSize: 1 }, RangeError, "32-bit"],
];
for (const [shape, options, kind, message] of refused) {
  Deno.test(`slide() says: ${message}`, () => {
    assertThrows(() => slide(shape, options), kind, message);
  });
}

Deno.test("slide() finds no window that holds padding only without dilation", () => {
  fc.assert(
    fc.property(lines.filter(({ dilation }) => dilation === 1), (line) => {
      const { length, before, after, ...options } = line;
      if (windowsByHand(line).length === 0) return;
      const { axes, output } = slide([1, 1, length], {
        ...options,
        axes: 1,
        padding: [[before, after]],
      });
      for (let index = 0; index < output[2]; index++) {
        const { from, to } = rangeOf(axes[2], length, index);
        assert(to > from);
      }
    }),
    { seed: 2, numRuns: 500 },
  );
});

Deno.test("slide() gives one object for the same shape and options, which nobody can change", () => {
  const shape = [1, 2, 8, 8];
  const kernelSize = [2, 3];
  const first = slide(shape, { kernelSize, stride: 1 });
  assert(slide([...shape], { kernelSize: [2, 3], stride: 1 }) === first);
  kernelSize[1] = 2;
  assertEquals(slide(shape, { kernelSize, stride: 1 }).output, [1, 7, 7]);
  assertEquals(first.output, [1, 7, 6]);
  shape[3] = 9;
  assertEquals(slide(shape, { kernelSize, stride: 1 }).output, [1, 7, 8]);
  const parts = [first, first.inputShape, first.outputShape, ...first.axes];
  assert(parts.every(Object.isFrozen));
});
