import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { plotRatios } from "./plot_ratios.ts";
import type { BenchRow } from "./row.ts";

const row: BenchRow = {
  case: "max 2×2/2",
  op: "max",
  direction: "forward",
  threads: 2,
  ours_ms: 2,
  peers: { fast: 5, slow: 9, other: null },
  limit_ms: 1.5,
  target: 2,
};

function points(svg: string): number {
  return svg.split('fill="#0b6e99"').length +
    svg.split('fill="#c2452d"').length;
}

Deno.test("plotRatios() has a point for each peer that has the case", () => {
  const options = { direction: "forward", threads: 2 } as const;
  const svg = plotRatios([row], options);
  assertStringIncludes(svg, "max 2×2/2");
  const less = { ...row, peers: { fast: 5, slow: null, other: null } };
  assertEquals(points(svg) - points(plotRatios([less], options)), 1);
});

Deno.test("plotRatios() leaves out what has another direction or other threads", () => {
  for (const other of [{ direction: "train" }, { threads: 1 }] as const) {
    const rows = [row, { ...row, ...other, case: "another" }];
    const svg = plotRatios(rows, { direction: "forward", threads: 2 });
    assert(!svg.includes("another"));
  }
});
