import type { FoldPass } from "./wat_folds.ts";
import { call, get, ints, type Term, type WatFunction } from "./wat_text.ts";

/**
 * Sets indices that no element has won, since none was better than what an
 * accumulator starts from: all are equal, and the first of them is the best.
 *
 * @param first the index of the first element
 */
export function setMissing(
  out: WatFunction,
  pass: FoldPass,
  first: Term,
): void {
  for (const { fold, other } of pass.accumulators()) {
    if (!fold.operation.startsWith("arg")) continue;
    const none = call("i32x4.lt_s", get(other!), ints(0, 0, 0, 0));
    const index = call("i32x4.splat", first);
    const known = call("v128.bitselect", index, get(other!), none);
    out.set(other!, "v128", known);
  }
}
