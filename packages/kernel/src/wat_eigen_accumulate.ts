import {
  bothLanes,
  double,
  doubles,
  eigenFunction,
  forEachPair,
  LINE,
  paddedEnd,
  roundedDown,
  rowOf,
} from "./wat_eigen_text.ts";
import { add, call, get, int, splatInt, sub, WatFunction } from "./wat_text.ts";

const ROWS = [0, 1];

/**
 * The function `$accumulate`, which multiplies the reflections whose vectors
 * are the rows of `z`: in their place it leaves the transpose of the product,
 * the rows of which become the eigenvectors.
 *
 * From the last reflection to the first one, only what is behind k has been
 * changed already.
 */
export function accumulateFunction(): string {
  const fn = new WatFunction();
  fn.set("end", "i32", paddedEnd());
  fn.set("done", "i32", int(0));
  fn.loop("done", get("n"), () => {
    fn.set("k", "i32", sub(sub(get("n"), 1), get("done")));
    fn.set("row", "i32", rowOf("z", get("k")));
    const next = add(get("k"), 1);
    fn.set("from", "i32", doubles(roundedDown(next, LINE)));
    forEachPair(fn, (at) => {
      fn.line(call("v128.store", at("v"), call("v128.load", at("row"))));
      fn.line(call("v128.store", at("row"), splatInt(0)));
    });
    const diagonal = add(get("row"), doubles(get("k")));
    fn.line(call("f64.store", diagonal, double(1)));
    fn.set("i", "i32", roundedDown(next, 2));
    fn.loop("i", get("n"), () => reflectRows(fn), 2);
  });
  return eigenFunction(fn, "$accumulate", ["z", "v", "n", "stride"]);
}

/** Multiplies two rows by a reflection. */
function reflectRows(fn: WatFunction): void {
  fn.set("row_0", "i32", rowOf("z", get("i")));
  fn.set("row_1", "i32", add(get("row_0"), get("stride")));
  for (const row of ROWS) fn.set(`sum_${row}`, "v128", splatInt(0));
  forEachPair(fn, (at) => {
    fn.set("vs", "v128", call("v128.load", at("v")));
    for (const row of ROWS) {
      const pair = call("v128.load", at(`row_${row}`));
      const product = call("f64x2.mul", pair, get("vs"));
      const sum = call("f64x2.add", get(`sum_${row}`), product);
      fn.set(`sum_${row}`, "v128", sum);
    }
  });
  for (const row of ROWS) {
    const sum = fn.set("sum", "f64", bothLanes(get(`sum_${row}`)));
    const twice = call("f64x2.splat", call("f64.add", sum, sum));
    fn.set(`sum_${row}`, "v128", twice);
  }
  forEachPair(fn, (at) => {
    fn.set("vs", "v128", call("v128.load", at("v")));
    for (const row of ROWS) {
      const own = at(`row_${row}`);
      const product = call("f64x2.mul", get(`sum_${row}`), get("vs"));
      const pair = call("f64x2.sub", call("v128.load", own), product);
      fn.line(call("v128.store", own, pair));
    }
  });
}
