import { assert } from "@std/assert";
import { plotCurves } from "./plot_curves.ts";

Deno.test("plotCurves() draws each curve, by name and kind", () => {
  const losses = [1, 0.1, 0.01];
  const svg = plotCurves([
    { name: "one", losses, isDashed: false },
    { name: "two", losses, isDashed: true },
  ]);
  assert(svg.startsWith("<svg"));
  for (const text of ["one", "two", "stroke-dasharray"]) {
    assert(svg.includes(text), text);
  }
});
