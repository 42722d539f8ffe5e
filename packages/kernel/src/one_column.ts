import { type Geometry, NO_AXIS, rangeOf, volume } from "./geometry.ts";
import type { Program } from "./program.ts";

/** Whether each plane is one window, the same in all of them. */
export function holdsPlanes(geometry: Geometry): boolean {
  const { axes, input, output, per, sources } = geometry;
  return per === "call" && !sources && volume(output) === 1 &&
    axes.every((axis, a) => {
      const { start, from, to, padded } = rangeOf(axis, input[a], 0);
      return start === 0 && from === 0 && to === input[a] && padded === to;
    });
}

/**
 * The same windows as a single column of elements, where planes are windows and
 * channels are neighbours: all that is read then lies one behind the other.
 */
export function inOneColumn(program: Program, geometry: Geometry): Geometry {
  const { layout, input } = geometry;
  const isApt = program.kind === "window" && layout === "NHWC" &&
    input[2] > 1 && holdsPlanes(geometry);
  if (!isApt) return geometry;
  const size = volume(input);
  return {
    ...geometry,
    input: [1, size, 1],
    axes: [NO_AXIS, {
      kind: "table",
      size,
      starts: Int32Array.of(0),
      counts: Int32Array.of(size),
      dilation: 1,
    }, NO_AXIS],
  };
}
