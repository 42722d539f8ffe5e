import {
  add,
  call,
  get,
  int,
  ints,
  mul,
  smaller,
  splatInt,
  sub,
  type Term,
  WatFunction,
} from "./wat_text.ts";
import { doubles, eigenFunction, LINE, rowOf } from "./wat_eigen_text.ts";

/** Terms of a sum whose factors are copied at a time, to lie in a cache. */
export const GRAM_DEPTH = 256;

/** Positions in one turn of the loop that sums products. */
const UNROLLED = 4;

const LANES = [0, 1, 2, 3];
const HALVES = [0, 1];

/**
 * The function `$gram`, which writes the products of `n` lines of a matrix with
 * each other in double precision. Lines are rows or columns, as the strides
 * `across` and `along` say, in bytes.
 */
export function gramFunction(): string {
  const gram = new WatFunction();
  gram.set("first", "i32", int(0));
  gram.loop("first", get("inner"), () => {
    const left = sub(get("inner"), get("first"));
    gram.set("depth", "i32", smaller(left, int(GRAM_DEPTH)));
    const from = add(get("x"), mul(get("first"), get("along")));
    forEachPanel(gram, "line", (at) => {
      gram.line(packCall({
        from: add(from, mul(get("line"), get("across"))),
        lines: sub(get("n"), get("line")),
        to: at,
      }));
    });
    forEachPanel(gram, "line", (left) => {
      gram.set("other", "i32", get("line"));
      gram.loop("other", get("n"), () => {
        const to = add(rowOf("a", get("line")), doubles(get("other")));
        const right = panelAt("other");
        const isMore = get("first");
        gram.line(tileCall({ left, right, to, stride: get("stride"), isMore }));
      }, LINE);
    });
  }, GRAM_DEPTH);
  gram.set("line", "i32", int(0));
  gram.loop("line", get("n"), () => {
    gram.set("other", "i32", int(0));
    gram.loop("other", get("line"), () => {
      const place = (row: string, column: string) =>
        add(rowOf("a", get(row)), doubles(get(column)));
      const above = call("f64.load", place("other", "line"));
      gram.line(call("f64.store", place("line", "other"), above));
    });
  });
  return eigenFunction(
    gram,
    "$gram",
    ["x", "across", "along", "inner", "n", "panels", "a", "stride"],
  );
}

function forEachPanel(
  fn: WatFunction,
  line: string,
  body: (at: Term) => void,
): void {
  fn.set(line, "i32", int(0));
  fn.loop(line, get("n"), () => body(panelAt(line)), LINE);
}

/** Where the panel of four lines lies that begins with one of them. */
function panelAt(line: string): Term {
  return add(get("panels"), doubles(mul(get(line), get("depth"))));
}

/** A call of `$pack` by a function with the strides and the depth as locals. */
export function packCall(
  { from, lines, to }: {
    readonly from: Term;
    readonly lines: Term;
    readonly to: Term;
  },
): Term {
  const ways = [get("across"), get("along")];
  return call("call $pack", from, ...ways, lines, get("depth"), to);
}

/** A call of `$tile` by a function with the depth as a local. */
export function tileCall(
  { left, right, to, stride, isMore }: {
    readonly left: Term;
    readonly right: Term;
    readonly to: Term;
    readonly stride: Term;
    readonly isMore: Term;
  },
): Term {
  return call("call $tile", left, right, get("depth"), to, stride, isMore);
}

/**
 * The function `$pack`, which copies four lines in double precision: for each
 * position along them four numbers. Lines that there are not are zeros.
 */
export function packFunction(): string {
  const pack = new WatFunction();
  const isLine = call(
    "i32x4.lt_s",
    ints(0, 1, 2, 3),
    call("i32x4.splat", get("lines")),
  );
  pack.set("mask", "v128", isLine);
  const last = sub(get("lines"), 1);
  for (const lane of LANES) {
    const within = smaller(int(lane), last);
    pack.set(`at_${lane}`, "i32", add(get("from"), mul(within, get("across"))));
  }
  pack.set("k", "i32", int(0));
  pack.loop("k", get("depth"), () => {
    let four = call("v128.load32_zero", get("at_0"));
    for (const lane of LANES.slice(1)) {
      four = call(`v128.load32_lane ${lane}`, get(`at_${lane}`), four);
    }
    pack.set("four", "v128", call("v128.and", four, get("mask")));
    const upper = call(
      `i8x16.shuffle ${[...Array(16).keys()].map((i) => 8 + i % 8).join(" ")}`,
      get("four"),
      get("four"),
    );
    for (const [half, pair] of [get("four"), upper].entries()) {
      const inDouble = call("f64x2.promote_low_f32x4", pair);
      pack.line(call(`v128.store offset=${16 * half}`, get("to"), inDouble));
    }
    for (const lane of LANES) {
      pack.set(`at_${lane}`, "i32", add(get(`at_${lane}`), get("along")));
    }
    pack.set("to", "i32", add(get("to"), 8 * LINE));
  });
  return eigenFunction(
    pack,
    "$pack",
    ["from", "across", "along", "lines", "depth", "to"],
  );
}

/**
 * The function `$tile`, which sums the products of a panel of four lines with
 * another one, and writes the 16 results or adds them to those that are there.
 */
export function tileFunction(): string {
  const tile = new WatFunction();
  const sums = LANES.flatMap((row) =>
    HALVES.map((half) => ({ row, half, name: `sum_${row}_${half}` }))
  );
  for (const { name } of sums) tile.set(name, "v128", splatInt(0));
  tile.set("k", "i32", int(0));
  const steps = (count: number) => {
    for (let step = 0; step < count; step++) addProducts(tile, step);
    for (const panel of ["left", "right"]) {
      tile.set(panel, "i32", add(get(panel), 8 * LINE * count));
    }
  };
  const most = sub(get("depth"), UNROLLED - 1);
  tile.loop("k", most, () => steps(UNROLLED), UNROLLED);
  tile.loop("k", get("depth"), () => steps(1));
  const forEachSum = (body: (name: string, offset: string) => void) => {
    for (const { row, half, name } of sums) {
      if (half === 0) {
        const next = row === 0 ? get("to") : add(get("at"), get("stride"));
        tile.set("at", "i32", next);
      }
      body(name, `offset=${16 * half}`);
    }
  };
  tile.when(get("is_more"), () =>
    forEachSum((name, offset) => {
      const before = call(`v128.load ${offset}`, get("at"));
      tile.set(name, "v128", call("f64x2.add", before, get(name)));
    }));
  forEachSum((name, offset) =>
    tile.line(call(`v128.store ${offset}`, get("at"), get(name)))
  );
  return eigenFunction(
    tile,
    "$tile",
    ["left", "right", "depth", "to", "stride", "is_more"],
  );
}

/** Adds the products of one position, so many behind the first of this turn. */
function addProducts(tile: WatFunction, step: number): void {
  for (const half of HALVES) {
    const offset = 8 * LINE * step + 16 * half;
    const pair = call(`v128.load offset=${offset}`, get("right"));
    tile.set(`right_${half}`, "v128", pair);
  }
  for (const row of LANES) {
    const offset = 8 * (LINE * step + row);
    const splat = call(`v128.load64_splat offset=${offset}`, get("left"));
    tile.set("factor", "v128", splat);
    for (const half of HALVES) {
      const name = `sum_${row}_${half}`;
      const product = call("f64x2.mul", get("factor"), get(`right_${half}`));
      tile.set(name, "v128", call("f64x2.add", get(name), product));
    }
  }
}
