import { type Geometry, volume } from "./geometry.ts";
import { holdsPlanes } from "./one_column.ts";
import { foldPasses, type Program, valuesOf } from "./program.ts";
import { topological } from "./traverse.ts";

/**
 * The elements of a plane up to which folding four planes at a time pays.
 * Averages, one thread, planes of 25, 49, 100, 196, 400 and 784 elements: 1.9,
 * 3.9, 7.0, 11.8, 22.9 and 43.2 ns for each, 7.8, 8.9, 11.8, 16.5, 25.7 and
 * 43.9 ns plane by plane.
 */
const MOST = 640;

/** What differs between channels, which are not told apart here. */
const OTHERS: ReadonlySet<string> = new Set(["channel", "tap", "tapIndex"]);

/** Whether windows are whole planes that are best folded four at a time. */
export function takesPlanes(program: Program, geometry: Geometry): boolean {
  const { input, layout } = geometry;
  return program.kind === "window" && layout === "NCHW" &&
    holdsPlanes(geometry) && volume(input) <= MOST &&
    foldPasses(program.outputs).length === 1 && !program.random &&
    topological(valuesOf(program)).every(({ operation }) =>
      !OTHERS.has(operation)
    );
}
