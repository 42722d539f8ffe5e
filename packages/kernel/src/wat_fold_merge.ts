import type { Expression } from "./expression.ts";
import { type Accumulator, combineFold, FoldPass } from "./wat_folds.ts";
import { call, get, type Term } from "./wat_text.ts";
import { shuffle } from "./wat_transposed.ts";

/** A vector with its halves exchanged, and with neighbouring lanes exchanged. */
const EXCHANGES = [[2, 3, 0, 1], [1, 0, 3, 2]];

/** Its first lane in all lanes. */
const FIRST = [0, 0, 0, 0];

/**
 * Adds to each accumulator of a pass what another pass of the same folds has
 * found in elements that may stand before, between and behind its own.
 */
export function mergeFolds(into: FoldPass, from: FoldPass): void {
  const { out } = into.evaluator;
  const others = from.accumulators();
  for (const [index, own] of into.accumulators().entries()) {
    const { fold, value, other } = own;
    const their = others[index];
    if (fold.operation.startsWith("arg")) {
      const won = out.set(`wins.${other}`, "v128", wins(their, own));
      for (const [a, b] of [[value, their.value], [other!, their.other!]]) {
        out.set(a, "v128", call("v128.bitselect", get(b), get(a), won));
      }
      continue;
    }
    out.set(value, "v128", combineFold(fold, get(value), get(their.value)));
    if (other === undefined) continue;
    out.set(other, "v128", call("v128.or", get(other), get(their.other!)));
  }
}

/** Merges the lanes of a pass's accumulators: all of them have the result then. */
export function mergeLanes(pass: FoldPass): void {
  const { evaluator, folds, general, mark } = pass;
  const { out } = evaluator;
  const other = new FoldPass(evaluator, folds, general, `${mark}.lanes`);
  const move = (order: readonly number[], to: FoldPass) => {
    const names = namesOf(to);
    for (const [index, name] of namesOf(pass).entries()) {
      out.set(names[index], "v128", shuffle(order, get(name)));
    }
  };
  for (const order of EXCHANGES) {
    move(order, other);
    mergeFolds(pass, other);
  }
  // Of 0 and −0 either may have won.
  move(FIRST, pass);
}

/** The locals that a pass accumulates in. */
export function namesOf(pass: FoldPass): string[] {
  return pass.accumulators().flatMap(({ value, other }) =>
    other === undefined ? [value] : [value, other]
  );
}

/**
 * Whether a candidate beats the best element so far: the greater one does, of
 * equal ones the first, of NaN the last. An index of −1, for none, is the
 * greatest without a sign.
 */
function wins(candidate: Accumulator, best: Accumulator): Term {
  const [value, index] = [get(candidate.value), get(candidate.other!)];
  const [known, knownIndex] = [get(best.value), get(best.other!)];
  const laterNaN = call(
    "v128.and",
    call("f32x4.ne", value, value),
    call(
      "v128.or",
      call("f32x4.eq", known, known),
      call("i32x4.gt_s", index, knownIndex),
    ),
  );
  const won = beats(best.fold, [value, index], [known, knownIndex]);
  return call("v128.or", won, laterNaN);
}

/** The same of numbers: values, each with its index. */
export function beats(
  { operation }: Expression,
  [value, index]: readonly Term[],
  [known, knownIndex]: readonly Term[],
): Term {
  const earlier = call(
    "v128.and",
    call("f32x4.eq", value, known),
    call("i32x4.lt_u", index, knownIndex),
  );
  const better = operation === "argmax" ? "f32x4.gt" : "f32x4.lt";
  return call("v128.or", call(better, value, known), earlier);
}
