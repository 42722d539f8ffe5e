import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type AxisSampling, sampleAxis } from "./sample_axis.ts";

/** The elements of each window with their weights. */
function sampled(
  [first, size]: [number, number],
  sampling: AxisSampling,
): [element: number, weight: number][][] {
  const { offsets, entries, weights } = sampleAxis({ first, size }, sampling);
  return Array.from({ length: sampling.windows }, (_, window) => {
    const [from, to] = offsets.subarray(window, window + 2);
    const elements = [...entries.subarray(from, to)];
    return elements.map((element, at) => [element, weights[from + at]]);
  });
}

Deno.test("sampleAxis() interpolates between elements", () => {
  assertEquals(
    sampled([1, 2], { length: 4, windows: 2, samples: 1 }),
    [[[1, 0.5], [2, 0.5]], [[2, 0.5], [3, 0.5]]],
  );
});

Deno.test("sampleAxis() names each element of a window once", () => {
  // Points at 0.25, 0.75, 1.25 and 1.75.
  assertEquals(
    sampled([0, 2], { length: 3, windows: 1, samples: 4 }),
    [[[0, 1 / 4], [1, 1 / 2], [2, 1 / 4]]],
  );
});

Deno.test("sampleAxis() reads the border up to 1 outside, and nothing beyond", () => {
  const one = { length: 3, windows: 1, samples: 1 };
  const at = (point: number) => sampled([point, 0], one)[0];
  assertEquals(at(-1), [[0, 1]]);
  assertEquals(at(-1.001), []);
  assertEquals(at(2.5), [[2, 1]]);
  assertEquals(at(3), [[2, 1]]);
  assertEquals(at(3.001), []);
  assertEquals(at(NaN), []);
});

Deno.test("sampleAxis() counts points outside", () => {
  // Points at 2 and 4 of an axis that ends at 3.
  assertEquals(
    sampled([1, 4], { length: 3, windows: 1, samples: 2 }),
    [[[2, 0.5]]],
  );
});

Deno.test("sampleAxis() goes backwards along a negative size", () => {
  assertEquals(
    sampled([3, -2], { length: 4, windows: 2, samples: 1 }),
    [[[2, 0.5], [3, 0.5]], [[1, 0.5], [2, 0.5]]],
  );
});

Deno.test("sampleAxis() has windows of nothing without points", () => {
  assertEquals(
    sampled([0, 0], { length: 4, windows: 2, samples: 0 }),
    [[], []],
  );
});

Deno.test("sampleAxis() reads the one element of an axis of length 1", () => {
  assertEquals(
    sampled([-0.5, 1.5], { length: 1, windows: 1, samples: 3 }),
    [[[0, 1]]],
  );
});

Deno.test("sampleAxis() has weights that sum to 1 for regions inside", () => {
  const axis = { length: 50, windows: 7, samples: 4096 };
  for (const window of sampled([3.7, 41.9], axis)) {
    assertAlmostEquals(window.reduce((sum, [, w]) => sum + w, 0), 1, 1e-12);
  }
});
