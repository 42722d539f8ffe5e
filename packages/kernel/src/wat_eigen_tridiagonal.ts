import {
  bothLanes,
  double,
  doubles,
  eigenFunction,
  elementOf,
  forEachPair,
  LINE,
  paddedEnd,
  roundedDown,
  rowOf,
} from "./wat_eigen_text.ts";
import {
  add,
  call,
  get,
  int,
  splatInt,
  sub,
  type Term,
  WatFunction,
} from "./wat_text.ts";

const HALVES = [0, 1];

/**
 * The function `$tridiagonalise`: Householder's reflections H = I − 2vvᵀ make a
 * symmetric matrix tridiagonal, with the diagonal `d` and beside it `e`. The
 * vectors v are left in the rows of `z`, which is zero before, as are the
 * vectors `w` and `p`.
 *
 * H S H = S − vwᵀ − wvᵀ with w = 2(Sv − (vᵀSv)v). What one reflection changes
 * is done with the product Sv of the next one, in one pass over the matrix.
 */
export function tridiagonaliseFunction(): string {
  const fn = new WatFunction();
  fn.set("v", "i32", get("w"));
  fn.set("end", "i32", paddedEnd());
  fn.set("k", "i32", int(0));
  fn.loop("k", get("n"), () => {
    fn.set("row", "i32", rowOf("a", get("k")));
    fn.set("from", "i32", doubles(roundedDown(get("k"), LINE)));
    updateRow(fn);
    const place = add(get("row"), doubles(get("k")));
    fn.line(
      call("f64.store", elementOf("d", get("k")), call("f64.load", place)),
    );
    const isBeforeLast = call("i32.lt_s", get("k"), sub(get("n"), 1));
    fn.when(isBeforeLast, () => {
      fn.set("beside", "f64", call("f64.load offset=8", place));
      const more = call("i32.lt_s", get("k"), sub(get("n"), 2));
      fn.when(more, () => reflect(fn));
      const beside = elementOf("e", get("k"));
      fn.line(call("f64.store", beside, get("beside")));
    });
  });
  return eigenFunction(
    fn,
    "$tridiagonalise",
    ["a", "z", "d", "e", "w", "p", "n", "stride"],
  );
}

/** Subtracts vwᵀ + wvᵀ from row k. */
function updateRow(fn: WatFunction): void {
  for (const name of ["v", "w"]) {
    const factor = call("v128.load64_splat", elementOf(name, get("k")));
    fn.set(`${name}_k`, "v128", factor);
  }
  forEachPair(fn, (at) => {
    const own = at("row");
    const changed = updated(call("v128.load", own), {
      v: get("v_k"),
      w: get("w_k"),
      vs: call("v128.load", at("v")),
      ws: call("v128.load", at("w")),
    });
    fn.line(call("v128.store", own, changed));
  });
}

function updated(
  pair: Term,
  { v, w, vs, ws }: {
    readonly v: Term;
    readonly w: Term;
    readonly vs: Term;
    readonly ws: Term;
  },
): Term {
  const change = call(
    "f64x2.add",
    call("f64x2.mul", v, ws),
    call("f64x2.mul", w, vs),
  );
  return call("f64x2.sub", pair, change);
}

/** Reflects what is beside the diagonal in row k. */
function reflect(fn: WatFunction): void {
  const next = add(get("k"), 1);
  fn.set("from", "i32", doubles(roundedDown(next, LINE)));
  setReflection(fn);
  updateAndMultiply(fn);
  clear(fn, "p", next);
  setChange(fn);
  fn.set("v", "i32", get("u"));
  fn.set("spare", "i32", get("w"));
  fn.set("w", "i32", get("p"));
  fn.set("p", "i32", get("spare"));
}

/** Zeros up to an index, where blocks of four begin before it. */
function clear(fn: WatFunction, vector: string, end: Term): void {
  fn.set("j", "i32", get("from"));
  fn.loop("j", doubles(end), () => {
    fn.line(call("f64.store", add(get(vector), get("j")), double(0)));
  }, 8);
}

/**
 * Sets u to the vector of the reflection, in row k of z, and `beside` to what
 * becomes of the element beside the diagonal.
 */
function setReflection(fn: WatFunction): void {
  const next = add(get("k"), 1);
  clear(fn, "row", add(get("k"), 2));
  sumPairs(fn, "square", (at) => {
    const pair = fn.set("pair", "v128", call("v128.load", at("row")));
    return call("f64x2.mul", pair, pair);
  });
  // Where there is nothing to reflect, u stays 0.
  fn.set("scale", "f64", double(0));
  fn.when(call("f64.gt", get("square"), double(0)), () => {
    const beside = get("beside");
    const all = call("f64.add", get("square"), call("f64.mul", beside, beside));
    fn.set("norm", "f64", call("f64.sqrt", all));
    const head = call("f64.add", get("norm"), call("f64.abs", beside));
    fn.set("head", "f64", head);
    const twice = call("f64.mul", double(2), get("norm"));
    const length = call("f64.sqrt", call("f64.mul", twice, get("head")));
    fn.set("scale", "f64", call("f64.div", double(1), length));
    const signed = call("f64.copysign", get("head"), beside);
    fn.line(call("f64.store", add(get("row"), doubles(next)), signed));
    const opposite = call("f64.neg", beside);
    fn.set("beside", "f64", call("f64.copysign", get("norm"), opposite));
  });
  fn.set("u", "i32", rowOf("z", get("k")));
  const scale = call("f64x2.splat", get("scale"));
  forEachPair(fn, (at) => {
    const scaled = call("f64x2.mul", call("v128.load", at("row")), scale);
    fn.line(call("v128.store", at("u"), scaled));
  });
}

/** Sets p, which is Su, to 2(Su − (uᵀSu)u). */
function setChange(fn: WatFunction): void {
  const load = (at: Term) => call("v128.load", at);
  sumPairs(
    fn,
    "inner",
    (at) => call("f64x2.mul", load(at("u")), load(at("p"))),
  );
  const inner = call("f64x2.splat", get("inner"));
  forEachPair(fn, (at) => {
    const along = call("f64x2.mul", inner, load(at("u")));
    const across = call("f64x2.sub", load(at("p")), along);
    const pair = fn.set("pair", "v128", across);
    fn.line(call("v128.store", at("p"), call("f64x2.add", pair, pair)));
  });
}

/** Sums a term of each two elements into a local. */
function sumPairs(
  fn: WatFunction,
  name: string,
  term: (at: (vector: string) => Term) => Term,
): void {
  fn.set("sums", "v128", splatInt(0));
  forEachPair(fn, (at) => {
    fn.set("sums", "v128", call("f64x2.add", get("sums"), term(at)));
  });
  fn.set(name, "f64", bothLanes(get("sums")));
}

/**
 * For the rows behind k, by twos: subtracts vwᵀ + wvᵀ, and sets p to the product
 * with the new vector u. Row k itself may be among them, which nothing needs
 * any more.
 */
function updateAndMultiply(fn: WatFunction): void {
  fn.set("i", "i32", roundedDown(add(get("k"), 1), 2));
  fn.loop("i", get("n"), () => {
    fn.set("row_0", "i32", rowOf("a", get("i")));
    fn.set("row_1", "i32", add(get("row_0"), get("stride")));
    for (const row of HALVES) {
      for (const name of ["v", "w"]) {
        const at = elementOf(name, get("i"));
        const factor = call(`v128.load64_splat offset=${8 * row}`, at);
        fn.set(`${name}_${row}`, "v128", factor);
      }
      fn.set(`sum_${row}`, "v128", splatInt(0));
    }
    fn.set("j", "i32", get("from"));
    fn.loop("j", get("end"), () => {
      for (const name of ["v", "w", "u"]) {
        fn.set(`${name}_at`, "i32", add(get(name), get("j")));
      }
      for (const row of HALVES) {
        fn.set(`at_${row}`, "i32", add(get(`row_${row}`), get("j")));
      }
      for (const half of HALVES) {
        const offset = `offset=${16 * half}`;
        for (const name of ["v", "w", "u"]) {
          const pair = call(`v128.load ${offset}`, get(`${name}_at`));
          fn.set(`${name}s`, "v128", pair);
        }
        for (const row of HALVES) {
          const at = get(`at_${row}`);
          const [v, w] = [get(`v_${row}`), get(`w_${row}`)];
          const before = call(`v128.load ${offset}`, at);
          const vectors = { v, w, vs: get("vs"), ws: get("ws") };
          fn.set("pair", "v128", updated(before, vectors));
          fn.line(call(`v128.store ${offset}`, at, get("pair")));
          const product = call("f64x2.mul", get("pair"), get("us"));
          const sum = call("f64x2.add", get(`sum_${row}`), product);
          fn.set(`sum_${row}`, "v128", sum);
        }
      }
    }, 8 * LINE);
    for (const row of HALVES) {
      const sum = bothLanes(get(`sum_${row}`));
      const at = elementOf("p", get("i"));
      fn.line(call(`f64.store offset=${8 * row}`, at, sum));
    }
  }, 2);
}
