import { type Accumulator, combineFold, FoldPass } from "./wat_folds.ts";
import { call, get, type Term } from "./wat_text.ts";

/** A vector with its halves exchanged, and with neighbouring lanes exchanged. */
const EXCHANGES = [
  "8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7",
  "4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11",
];

/** Its first lane in all lanes. */
const FIRST = "0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3";

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
  const shuffle = (order: string, to: FoldPass) => {
    const names = namesOf(to);
    for (const [index, name] of namesOf(pass).entries()) {
      const vector = call(`i8x16.shuffle ${order}`, get(name), get(name));
      out.set(names[index], "v128", vector);
    }
  };
  for (const order of EXCHANGES) {
    shuffle(order, other);
    mergeFolds(pass, other);
  }
  // Of 0 and −0 either may have won.
  shuffle(FIRST, pass);
}

function namesOf(pass: FoldPass): string[] {
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
  const better = best.fold.operation === "argmax" ? "f32x4.gt" : "f32x4.lt";
  const earlier = call(
    "v128.and",
    call("f32x4.eq", value, known),
    call("i32x4.lt_u", index, knownIndex),
  );
  const laterNaN = call(
    "v128.and",
    call("f32x4.ne", value, value),
    call(
      "v128.or",
      call("f32x4.eq", known, known),
      call("i32x4.gt_s", index, knownIndex),
    ),
  );
  return call(
    "v128.or",
    call("v128.or", call(better, value, known), earlier),
    laterNaN,
  );
}
