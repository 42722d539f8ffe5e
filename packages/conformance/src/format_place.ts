import type { Shape } from "@rockpool/core";

/** Where an element stands, from the outermost axis: `[0, 2, 1, 3]`. */
export function formatPlace(shape: Shape, index: number): string {
  const place: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${place.join(", ")}]`;
}
