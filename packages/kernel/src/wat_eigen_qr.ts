import { double, doubles, eigenFunction, elementOf } from "./wat_eigen_text.ts";
import {
  add,
  call,
  get,
  int,
  mul,
  sub,
  type Term,
  WatFunction,
} from "./wat_text.ts";

/** Half the spacing of numbers in double precision at 1. */
const ROUNDING = 2 ** -53;

/** Sweeps for each eigenvalue after which it has converged, or never will. */
const MOST_SWEEPS = 30;

/** Bytes of a rotation, and of the head of those of a sweep. */
export const ROTATION_BYTES = 16;

/** Vectors of two columns that are rotated in registers. */
const VECTORS = [0, 1, 2, 3];

/** Columns that are rotated at a time. */
export const ROTATED_COLUMNS = 8;

/**
 * The function `$diagonalise`: implicit QR steps with Wilkinson's shift make
 * the elements `e` beside a diagonal `d` vanish, from the last one on. What it
 * rotates, the rows of `z` are rotated by too. It gives 1 if it converged.
 *
 * Rotations of some sweeps are listed before they are applied, so that a few
 * columns go through all of them while they are in the nearest cache.
 */
export function diagonaliseFunction(): string {
  const fn = new WatFunction();
  setFloor(fn);
  fn.set("high", "i32", sub(get("n"), 1));
  fn.set("sweeps", "i32", mul(get("n"), MOST_SWEEPS));
  fn.set("used", "i32", int(0));
  fn.repeat(call("i32.gt_s", get("high"), int(0)), () => {
    fn.when(
      isNegligible(sub(get("high"), 1)),
      () => fn.set("high", "i32", sub(get("high"), 1)),
      () => {
        fn.when(
          call("i32.eqz", get("sweeps")),
          () => fn.line("(return (i32.const 0))"),
        );
        fn.set("sweeps", "i32", sub(get("sweeps"), 1));
        setLow(fn);
        sweep(fn);
        const most = mul(add(get("n"), 1), ROTATION_BYTES);
        const left = sub(get("list_bytes"), get("used"));
        fn.when(call("i32.lt_s", left, most), () => {
          fn.line(rotateCall());
          fn.set("used", "i32", int(0));
        });
      },
    );
  });
  fn.line(rotateCall());
  fn.line(int(1));
  return eigenFunction(
    fn,
    "$diagonalise",
    ["d", "e", "z", "n", "stride", "list", "list_bytes"],
    "i32",
  );
}

function rotateCall(): Term {
  const width = doubles(
    call("i32.and", add(get("n"), ROTATED_COLUMNS - 1), int(-ROTATED_COLUMNS)),
  );
  const list = [get("list"), get("used")];
  return call("call $rotate", ...list, get("z"), get("stride"), width);
}

/** So that even what is far below the greatest number vanishes in the end. */
function setFloor(fn: WatFunction): void {
  fn.set("floor", "f64", double(0));
  fn.set("i", "i32", int(0));
  fn.loop("i", get("n"), () => {
    for (const vector of ["d", "e"]) {
      const size = call(
        "f64.abs",
        call("f64.load", elementOf(vector, get("i"))),
      );
      fn.set("floor", "f64", call("f64.max", get("floor"), size));
    }
  });
  const floor = call("f64.mul", get("floor"), double(ROUNDING ** 2));
  fn.set("floor", "f64", floor);
}

/** Whether an element beside the diagonal is 0 within rounding. */
function isNegligible(index: Term): Term {
  const at = elementOf("d", index);
  const size = call(
    "f64.add",
    call("f64.abs", call("f64.load", at)),
    call("f64.abs", call("f64.load offset=8", at)),
  );
  const least = call(
    "f64.add",
    call("f64.mul", double(ROUNDING), size),
    get("floor"),
  );
  const beside = call("f64.load", elementOf("e", index));
  return call("f64.le", call("f64.abs", beside), least);
}

/** Sets `low`, where the block begins that ends at `high`. */
function setLow(fn: WatFunction): void {
  const before = sub(get("low"), 1);
  fn.set("low", "i32", sub(get("high"), 1));
  fn.nest("(block $found", () => {
    fn.nest("(loop $search", () => {
      fn.line(call("br_if $found", call("i32.le_s", get("low"), int(0))));
      fn.line(call("br_if $found", isNegligible(before)));
      fn.set("low", "i32", before);
      fn.line("(br $search)");
    });
  });
}

/** Chases the bulge of one shifted step from `low` to `high`. */
function sweep(fn: WatFunction): void {
  const product = (a: Term, b: Term) => call("f64.mul", a, b);
  const load = (vector: string, index: Term, offset = 0) =>
    call(
      offset === 0 ? "f64.load" : `f64.load offset=${8 * offset}`,
      elementOf(vector, index),
    );
  const set = (name: string, value: Term) => fn.set(name, "f64", value);
  const store = (vector: string, index: Term, value: Term) =>
    fn.line(call("f64.store", elementOf(vector, index), value));
  const beforeHigh = sub(get("high"), 1);

  set("b", load("e", beforeHigh));
  const apart = call("f64.sub", load("d", beforeHigh), load("d", get("high")));
  set("delta", product(double(0.5), apart));
  const root = call(
    "f64.sqrt",
    call(
      "f64.add",
      product(get("delta"), get("delta")),
      product(get("b"), get("b")),
    ),
  );
  const below = call(
    "f64.add",
    get("delta"),
    call("f64.copysign", root, get("delta")),
  );
  const shift = call(
    "f64.sub",
    load("d", get("high")),
    call("f64.div", product(get("b"), get("b")), below),
  );
  set("a", load("d", get("low")));
  set("x", call("f64.sub", get("a"), shift));
  set("b", load("e", get("low")));
  set("y", get("b"));

  fn.set("at", "i32", add(get("list"), get("used")));
  fn.line(call("i32.store", get("at"), mul(get("low"), get("stride"))));
  const count = sub(get("high"), get("low"));
  fn.line(call("i32.store offset=4", get("at"), mul(count, ROTATION_BYTES)));
  const bytes = mul(add(count, 1), ROTATION_BYTES);
  fn.set("used", "i32", add(get("used"), bytes));

  fn.set("k", "i32", get("low"));
  fn.loop("k", get("high"), () => {
    const squares = call(
      "f64.add",
      product(get("x"), get("x")),
      product(get("y"), get("y")),
    );
    set("r", call("f64.sqrt", squares));
    set("c", double(1));
    set("s", double(0));
    fn.when(call("f64.gt", get("r"), double(0)), () => {
      set("c", call("f64.div", get("x"), get("r")));
      set("s", call("f64.div", get("y"), get("r")));
    });
    fn.when(call("i32.gt_s", get("k"), get("low")), () => {
      store("e", sub(get("k"), 1), get("r"));
    });
    set("f", load("d", get("k"), 1));
    set("cc", product(get("c"), get("c")));
    set("ss", product(get("s"), get("s")));
    set("cs", product(get("c"), get("s")));
    const twice = product(call("f64.add", get("cs"), get("cs")), get("b"));
    set("mixed", twice);
    const sum = (p: Term, q: Term) => call("f64.add", p, q);
    const own = sum(product(get("cc"), get("a")), product(get("ss"), get("f")));
    store("d", get("k"), sum(own, get("mixed")));
    const other = sum(
      product(get("ss"), get("a")),
      product(get("cc"), get("f")),
    );
    const spread = call("f64.sub", get("f"), get("a"));
    const turned = call("f64.sub", get("cc"), get("ss"));
    set("x", sum(product(get("cs"), spread), product(turned, get("b"))));
    set("a", call("f64.sub", other, get("mixed")));
    set("b", load("e", get("k"), 1));
    set("y", product(get("s"), get("b")));
    set("b", product(get("c"), get("b")));
    fn.set("at", "i32", add(get("at"), ROTATION_BYTES));
    fn.line(call("f64.store", get("at"), get("c")));
    fn.line(call("f64.store offset=8", get("at"), get("s")));
  });
  store("d", get("high"), get("a"));
  store("e", beforeHigh, get("x"));
}

/**
 * The function `$rotate`, which applies a list of sweeps to the rows of `z`: of
 * each sweep its first row and its length, both in bytes, and then the cosine
 * and sine for each two rows.
 */
export function rotateFunction(): string {
  const fn = new WatFunction();
  fn.set("column", "i32", int(0));
  fn.loop("column", get("width"), () => {
    fn.set("used", "i32", int(0));
    fn.repeat(call("i32.lt_s", get("used"), get("list_bytes")), () => {
      fn.set("turn", "i32", add(get("list"), get("used")));
      const first = add(get("z"), call("i32.load", get("turn")));
      fn.set("at", "i32", add(first, get("column")));
      fn.set("length", "i32", call("i32.load offset=4", get("turn")));
      for (const vector of VECTORS) {
        const pair = call(`v128.load offset=${16 * vector}`, get("at"));
        fn.set(`kept_${vector}`, "v128", pair);
      }
      fn.set("k", "i32", int(0));
      fn.loop("k", get("length"), () => {
        fn.set("turn", "i32", add(get("turn"), ROTATION_BYTES));
        fn.set("c", "v128", call("v128.load64_splat", get("turn")));
        fn.set("s", "v128", call("v128.load64_splat offset=8", get("turn")));
        fn.set("next", "i32", add(get("at"), get("stride")));
        for (const vector of VECTORS) {
          const offset = `offset=${16 * vector}`;
          const kept = get(`kept_${vector}`);
          fn.set("below", "v128", call(`v128.load ${offset}`, get("next")));
          const product = (a: string, b: Term) => call("f64x2.mul", get(a), b);
          const done = call(
            "f64x2.add",
            product("c", kept),
            product("s", get("below")),
          );
          fn.line(call(`v128.store ${offset}`, get("at"), done));
          const rest = call(
            "f64x2.sub",
            product("c", get("below")),
            product("s", kept),
          );
          fn.set(`kept_${vector}`, "v128", rest);
        }
        fn.set("at", "i32", get("next"));
      }, ROTATION_BYTES);
      for (const vector of VECTORS) {
        const kept = get(`kept_${vector}`);
        fn.line(call(`v128.store offset=${16 * vector}`, get("at"), kept));
      }
      const bytes = add(get("length"), ROTATION_BYTES);
      fn.set("used", "i32", add(get("used"), bytes));
    });
  }, 8 * ROTATED_COLUMNS);
  return eigenFunction(
    fn,
    "$rotate",
    ["list", "list_bytes", "z", "stride", "width"],
  );
}
