import { packCall, tileCall } from "./wat_eigen_gram.ts";
import {
  double,
  doubles,
  eigenFunction,
  elementOf,
  LINE,
  rowOf,
} from "./wat_eigen_text.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  smaller,
  sub,
  type Term,
  WatFunction,
} from "./wat_text.ts";

/** The spacing of numbers in double precision at 1. */
const EPSILON = 2 ** -52;

/**
 * The function `$sort`, which sets `order` to the indices of the numbers `d`,
 * the greatest number's first, and numbers that are 0 within the rounding of
 * sums of `inner` terms to 0.
 */
export function sortFunction(): string {
  const fn = new WatFunction();
  const orderAt = (index: Term) => add(get("order"), bytes(index));
  const number = (index: Term) => call("f64.load", elementOf("d", index));
  fn.set("i", "i32", int(0));
  fn.loop("i", get("n"), () => {
    fn.set("own", "f64", number(get("i")));
    fn.set("j", "i32", get("i"));
    fn.nest("(block $placed", () => {
      fn.nest("(loop $search", () => {
        fn.line(call("br_if $placed", call("i32.eqz", get("j"))));
        const before = call("i32.load", orderAt(sub(get("j"), 1)));
        fn.set("before", "i32", before);
        const isPlace = call("f64.ge", number(get("before")), get("own"));
        fn.line(call("br_if $placed", isPlace));
        fn.line(call("i32.store", orderAt(get("j")), get("before")));
        fn.set("j", "i32", sub(get("j"), 1));
        fn.line("(br $search)");
      });
    });
    fn.line(call("i32.store", orderAt(get("j")), get("i")));
  });
  const rounding = call(
    "f64.mul",
    call("f64.convert_i32_s", get("inner")),
    double(EPSILON),
  );
  const greatest = number(call("i32.load", get("order")));
  fn.set("least", "f64", call("f64.mul", rounding, greatest));
  fn.set("i", "i32", int(0));
  fn.loop("i", get("n"), () => {
    const isZero = call("f64.le", number(get("i")), get("least"));
    fn.when(isZero, () => {
      fn.line(call("f64.store", elementOf("d", get("i")), double(0)));
    });
  });
  return eigenFunction(fn, "$sort", ["d", "order", "n", "inner"]);
}

/** Sets `source` to the index of the eigenvalue at a place, and `value` to it. */
function setSource(fn: WatFunction, place: Term): void {
  const index = call("i32.load", add(get("order"), bytes(place)));
  fn.set("source", "i32", index);
  fn.set("value", "f64", call("f64.load", elementOf("d", get("source"))));
}

function isPositive(name: string): Term {
  return call("f64.gt", get(name), double(0));
}

/**
 * The function `$write`, which writes eigenvalues in their order and the rows
 * of `z` as columns.
 */
export function writeFunction(): string {
  const fn = new WatFunction();
  fn.set("r", "i32", int(0));
  fn.loop("r", get("n"), () => {
    setSource(fn, get("r"));
    const value = call("f32.demote_f64", get("value"));
    fn.line(call("f32.store", add(get("values"), bytes(get("r"))), value));
    fn.unless(get("is_lifted"), () => {
      const one = call("select", double(1), double(0), isPositive("value"));
      fn.set("factor", "f64", one);
      fn.set("from", "i32", rowOf("z", get("source")));
      fn.set("to", "i32", add(get("vectors"), bytes(get("r"))));
      fn.set("i", "i32", int(0));
      fn.loop("i", get("n"), () => {
        const element = call("f64.load", get("from"));
        const number = call("f64.mul", element, get("factor"));
        fn.line(call("f32.store", get("to"), call("f32.demote_f64", number)));
        fn.set("from", "i32", add(get("from"), 8));
        fn.set("to", "i32", add(get("to"), bytes(get("n"))));
      });
    });
  });
  return eigenFunction(
    fn,
    "$write",
    ["d", "order", "z", "n", "stride", "values", "vectors", "is_lifted"],
  );
}

/**
 * The function `$lift`: eigenvectors v of xᵀ x, the rows of `z`, become x v / √λ,
 * those of x xᵀ, for x of `rows` rows and `n` columns.
 */
export function liftFunction(): string {
  const fn = new WatFunction();
  fn.set("depth", "i32", get("n"));
  fn.set("across", "i32", bytes(get("n")));
  fn.set("along", "i32", int(4));
  packVectors(fn);
  fn.set("row", "i32", int(0));
  fn.loop("row", get("rows"), () => {
    fn.line(packCall({
      from: add(get("x"), mul(get("row"), get("across"))),
      lines: sub(get("rows"), get("row")),
      to: get("panel"),
    }));
    fn.set("r", "i32", int(0));
    fn.loop("r", get("n"), () => {
      const right = add(get("panels"), doubles(mul(get("r"), get("n"))));
      fn.line(tileCall({
        left: get("panel"),
        right,
        to: get("tile"),
        stride: int(8 * LINE),
        isMore: int(0),
      }));
      storeTile(fn);
    }, LINE);
  }, LINE);
  return eigenFunction(fn, "$lift", [
    "d",
    "order",
    "z",
    "n",
    "stride",
    "x",
    "rows",
    "vectors",
    "panels",
    "panel",
    "tile",
  ]);
}

/** Copies vectors in their order, divided by √λ, into panels of four. */
function packVectors(fn: WatFunction): void {
  fn.set("r", "i32", int(0));
  fn.loop("r", get("n"), () => {
    setSource(fn, get("r"));
    fn.set("factor", "f64", double(0));
    fn.when(isPositive("value"), () => {
      const root = call("f64.sqrt", get("value"));
      fn.set("factor", "f64", call("f64.div", double(1), root));
    });
    fn.set("from", "i32", rowOf("z", get("source")));
    const first = call("i32.and", get("r"), int(-LINE));
    const within = call("i32.and", get("r"), int(LINE - 1));
    const panel = add(get("panels"), doubles(mul(first, get("n"))));
    fn.set("to", "i32", add(panel, doubles(within)));
    fn.set("k", "i32", int(0));
    fn.loop("k", get("n"), () => {
      const element = call("f64.load", get("from"));
      const number = call("f64.mul", element, get("factor"));
      fn.line(call("f64.store", get("to"), number));
      fn.set("from", "i32", add(get("from"), 8));
      fn.set("to", "i32", add(get("to"), 8 * LINE));
    });
  });
}

/** Writes the part of a tile that lies inside the result. */
function storeTile(fn: WatFunction): void {
  for (const [way, count] of [["row", "rows"], ["r", "n"]]) {
    const left = sub(get(count), get(way));
    fn.set(`${way}_count`, "i32", smaller(left, int(LINE)));
  }
  fn.set("i", "i32", int(0));
  fn.loop("i", get("row_count"), () => {
    fn.set("from", "i32", add(get("tile"), mul(get("i"), 8 * LINE)));
    const before = mul(add(get("row"), get("i")), get("n"));
    const place = bytes(add(before, get("r")));
    fn.set("to", "i32", add(get("vectors"), place));
    fn.set("j", "i32", int(0));
    fn.loop("j", get("r_count"), () => {
      const number = call("f32.demote_f64", call("f64.load", get("from")));
      fn.line(call("f32.store", get("to"), number));
      fn.set("from", "i32", add(get("from"), 8));
      fn.set("to", "i32", add(get("to"), 4));
    });
  });
}

/** The function `$fill`, which writes NaN. */
export function fillFunction(): string {
  const fn = new WatFunction();
  fn.set("i", "i32", int(0));
  fn.loop("i", get("count"), () => {
    const to = add(get("to"), bytes(get("i")));
    fn.line(call("f32.store", to, "(f32.const nan)"));
  });
  return eigenFunction(fn, "$fill", ["to", "count"]);
}
