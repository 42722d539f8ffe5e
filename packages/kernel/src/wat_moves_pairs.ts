import { lanes } from "./wat_expression.ts";
import { load, type WatFrame } from "./wat_frame.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  ints,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";
import { INTERLEAVE, shuffle } from "./wat_transposed.ts";

/** Every other lane of two vectors, from the first and from the second on. */
const DIVIDE: readonly (readonly number[])[] = [[0, 2, 4, 6], [1, 3, 5, 7]];

/**
 * Moves the values of an item whose indices each point into their own window of
 * 2 × 2: vectors of the large plane are written, or read, as they lie in memory.
 * It leaves for a label where an index points elsewhere.
 * All that it has written until then is written again by who goes on.
 */
export function emitPairs(
  frame: WatFrame,
  { isPlace, elsewhere }: {
    readonly isPlace: boolean;
    readonly elsewhere: string;
  },
): void {
  const width = frame.field("width");
  frame.leaveUnless(elsewhere, width);
  frame.set("below", "i32", mul(width, int(8)));
  const further = mul(width, int(2));
  for (
    const [corner, at] of [int(0), int(1), further, add(further, 1)].entries()
  ) {
    frame.set(`offset${corner}`, "v128", call("i32x4.splat", at));
  }
  frame.set("row", "i32", int(0));
  frame.loop("row", frame.field("line"), () => {
    frame.set("column", "i32", int(0));
    frame.loop("column", width, () => {
      // The last vector overlaps the one before.
      const column = smaller(get("column"), sub(width, 4));
      frame.set("column", "i32", column);
      moveWindows(frame, { isPlace, elsewhere });
    }, 4);
  }, width);
}

/** Moves the values of four neighbouring windows. */
function moveWindows(
  frame: WatFrame,
  { isPlace, elsewhere }: {
    readonly isPlace: boolean;
    readonly elsewhere: string;
  },
): void {
  const set = (name: string, value: Term) => frame.set(name, "v128", value);
  const small = bytes(add(get("row"), get("column")));
  frame.set("here", "i32", add(get("at"), small));
  // A row of windows is two rows, each twice as long.
  const first = add(mul(get("row"), int(4)), mul(get("column"), int(2)));
  frame.set("first", "i32", first);
  frame.set("top", "i32", add(get("large"), bytes(get("first"))));
  frame.set("bottom", "i32", add(get("top"), get("below")));
  const given = load(add(frame.field("indices"), get("here")));
  set("given", call("i32x4.sub", given, lanes(get("first"), 2)));
  const corners = [0, 1, 2, 3].map((corner) => {
    const isThere = call("i32x4.eq", get("given"), get(`offset${corner}`));
    return set(`corner${corner}`, isThere);
  });
  const met = corners.reduce((a, b) => call("v128.or", a, b));
  frame.leaveUnless(elsewhere, call("i32x4.all_true", met));
  if (isPlace) set("values", load(add(frame.field("from"), get("here"))));
  else set("values", ints(0, 0, 0, 0));
  for (const [row, at] of [get("top"), get("bottom")].entries()) {
    const sides = corners.slice(2 * row, 2 * row + 2);
    if (isPlace) {
      const [left, right] = sides.map((corner, side) =>
        set(`side${side}`, call("v128.and", get("values"), corner))
      );
      for (const [half, order] of INTERLEAVE.entries()) {
        const store = `v128.store offset=${16 * half}`;
        frame.line(call(store, at, shuffle(order, left, right)));
      }
      continue;
    }
    const [begin, end] = [0, 1].map((half) =>
      set(`side${half}`, load(at, 4 * half))
    );
    for (const [side, corner] of sides.entries()) {
      const known = shuffle(DIVIDE[side], begin, end);
      const taken = call("v128.and", known, corner);
      set("values", call("v128.or", get("values"), taken));
    }
  }
  if (isPlace) return;
  const to = add(frame.field("to"), get("here"));
  frame.line(call("v128.store", to, get("values")));
}
