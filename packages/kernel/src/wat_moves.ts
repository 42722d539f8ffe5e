import { fixedKernel, type WatFixed } from "./wat_fixed.ts";
import { load, WatFrame } from "./wat_frame.ts";
import { emitPairs } from "./wat_moves_pairs.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  ints,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";

const LANES = ints(0, 1, 2, 3);
const FOUR = [0, 1, 2, 3];

/**
 * The kernel that sets planes to zero and places values in them where indices
 * say, in the order of memory; an index outside the plane places nothing, and
 * unless it is −1, 1 is written to the address `stray`.
 *
 * An item has `rows` of `line` values: all those of a plane in one row, whose
 * `step` is 0, or a row of channels for each of them, whose planes begin `step`
 * bytes apart. Rows of `width` values, where that is not 0, most likely come from
 * windows of 2 × 2, which have their places there. The `target` places of a plane are `scale` bytes apart; those of
 * an item take `size` bytes. What threads divide among themselves is items.
 */
export function emitWatPlace(
  { shared = true }: { readonly shared?: boolean } = {},
): WatFixed {
  const frame = new WatFrame();
  emitMoves(frame, true);
  return fixedKernel(frame, { shared, comment: "values at their indices" });
}

/**
 * The kernel that reads what {@linkcode emitWatPlace} places, with the same
 * arguments; an index outside the plane reads 0.
 */
export function emitWatTake(
  { shared = true }: { readonly shared?: boolean } = {},
): WatFixed {
  const frame = new WatFrame();
  emitMoves(frame, false);
  return fixedKernel(frame, { shared, comment: "values from their indices" });
}

function emitMoves(frame: WatFrame, isPlace: boolean): void {
  const [line, rows, size, from, to] = ["line", "rows", "size", "from", "to"]
    .map((name) => frame.field(name));
  frame.set("item", "i32", get("begin"));
  frame.loop("item", get("end"), () => {
    frame.set("at", "i32", bytes(mul(get("item"), mul(rows, line))));
    const large = add(isPlace ? to : from, mul(get("item"), size));
    frame.set("large", "i32", large);
    const elsewhere = "$elsewhere";
    frame.orElse(
      elsewhere,
      () => emitPairs(frame, { isPlace, elsewhere }),
      () => {
        if (isPlace) {
          frame.line(call("memory.fill", get("large"), int(0), size));
        }
        frame.set("row", "i32", int(0));
        frame.loop("row", rows, () => {
          moveRow(frame, isPlace);
          frame.set("at", "i32", add(get("at"), bytes(line)));
        });
      },
    );
  });
}

/** Moves the values of a row, four at a time. */
function moveRow(frame: WatFrame, isPlace: boolean): void {
  const line = frame.field("line");
  const step = frame.field("step");
  const first = splat(get("large"));
  const bases = call("i32x4.add", first, call("i32x4.mul", LANES, splat(step)));
  frame.set("bases", "v128", bases);
  frame.set("done", "i32", int(0));
  const move = (isWhole: boolean) => {
    moveFour(frame, { isPlace, isWhole });
    const next = call("i32x4.add", get("bases"), splat(bytes(step)));
    frame.set("bases", "v128", next);
  };
  frame.loop("done", sub(line, 3), () => move(true), 4);
  frame.when(call("i32.lt_s", get("done"), line), () => move(false));
}

/** Moves four values, or those that are left of a row. */
function moveFour(
  frame: WatFrame,
  { isPlace, isWhole }: {
    readonly isPlace: boolean;
    readonly isWhole: boolean;
  },
): void {
  const set = (name: string, value: Term) => frame.set(name, "v128", value);
  frame.set("here", "i32", add(get("at"), bytes(get("done"))));
  set("given", load(add(frame.field("indices"), get("here"))));
  if (!isWhole) {
    // Lanes behind the row are −1.
    const left = splat(sub(frame.field("line"), get("done")));
    set("left", call("i32x4.gt_s", left, LANES));
    set("given", call("v128.or", get("given"), call("v128.not", get("left"))));
  }
  // Unsigned, −1 is greater than any place.
  const target = splat(frame.field("target"));
  set("inside", call("i32x4.lt_u", get("given"), target));
  const offsets = call(
    "i32x4.mul",
    get("given"),
    splat(frame.field("scale")),
  );
  set("places", call("i32x4.add", get("bases"), offsets));
  if (isPlace) placeFour(frame);
  else takeFour(frame, isWhole);
}

/** Places values whose indices lie inside, and tells of those that are amiss. */
function placeFour(frame: WatFrame): void {
  frame.set("values", "v128", load(add(frame.field("from"), get("here"))));
  frame.when(
    call("i32x4.all_true", get("inside")),
    () => FOUR.forEach((lane) => storeLane(frame, lane)),
    () => {
      const isNone = call("i32x4.eq", get("given"), ints(-1, -1, -1, -1));
      const isMeant = call("v128.or", get("inside"), isNone);
      frame.unless(
        call("i32x4.all_true", isMeant),
        () => frame.line(call("i32.store", frame.field("stray"), int(1))),
      );
      storeLanes(frame, "inside");
    },
  );
}

/** Takes values from where indices say, 0 from where there is nothing. */
function takeFour(frame: WatFrame, isWhole: boolean): void {
  const set = (name: string, value: Term) => frame.set(name, "v128", value);
  // What points outside reads a place that there is, and is then set to 0.
  const safe = [get("places"), get("bases"), get("inside")];
  set("places", call("v128.bitselect", ...safe));
  for (const lane of FOUR) {
    const take = `v128.load32_lane ${lane}`;
    set("values", call(take, laneOf("places", lane), get("values")));
  }
  set("values", call("v128.and", get("values"), get("inside")));
  const to = add(frame.field("to"), get("here"));
  if (isWhole) return frame.line(call("v128.store", to, get("values")));
  set("places", call("i32x4.add", splat(to), ints(0, 4, 8, 12)));
  storeLanes(frame, "left");
}

/** Stores the values whose lanes of a mask are set. */
function storeLanes(frame: WatFrame, mask: string): void {
  for (const lane of FOUR) {
    frame.when(laneOf(mask, lane), () => storeLane(frame, lane));
  }
}

/** Stores one of the values in its place. */
function storeLane(frame: WatFrame, lane: number): void {
  const store = `v128.store32_lane ${lane}`;
  frame.line(call(store, laneOf("places", lane), get("values")));
}

function splat(value: Term): Term {
  return call("i32x4.splat", value);
}

function laneOf(name: string, lane: number): Term {
  return call(`i32x4.extract_lane ${lane}`, get(name));
}
