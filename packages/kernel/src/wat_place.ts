import type { VectorPlace } from "./wat_expression.ts";
import { int, type Term } from "./wat_text.ts";

/** A place of which nothing is known, to be given what a schedule knows. */
export const UNKNOWN_PLACE: VectorPlace = {
  element: unknown,
  perWindow: unknown,
  channel: unknown,
  plane: unknown,
  tap: unknown,
  position: unknown,
  tapIndex: unknown,
  count: unknown,
  windowIndex: unknown,
  windowSize: int(0),
};

function unknown(): Term {
  throw new TypeError("Cannot tell what this schedule does not know");
}
