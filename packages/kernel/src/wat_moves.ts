import { fixedKernel, type WatFixed } from "./wat_fixed.ts";
import { load, WatFrame } from "./wat_frame.ts";
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

/**
 * The kernel that sets planes to zero and places values in them where indices
 * say, in the order of memory; an index outside the plane places nothing.
 *
 * An item has `rows` of `line` values: all those of a plane in one row, whose
 * `step` is 0, or a row of channels for each of them, whose planes begin `step`
 * bytes apart. The `target` places of a plane are `scale` bytes apart; those of
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
    if (isPlace) frame.line(call("memory.fill", get("large"), int(0), size));
    frame.set("row", "i32", int(0));
    frame.loop("row", rows, () => {
      moveRow(frame, isPlace);
      frame.set("at", "i32", add(get("at"), bytes(line)));
    });
  });
}

/** Moves the values of a row, four at a time. */
function moveRow(frame: WatFrame, isPlace: boolean): void {
  const splat = (value: Term) => call("i32x4.splat", value);
  const sum = (a: Term, b: Term) => call("i32x4.add", a, b);
  const product = (a: Term, b: Term) => call("i32x4.mul", a, b);
  const both = (a: Term, b: Term) => call("v128.and", a, b);
  const set = (name: string, value: Term) => frame.set(name, "v128", value);
  const lanes = ints(0, 1, 2, 3);
  const step = frame.field("step");
  set("bases", sum(splat(get("large")), product(lanes, splat(step))));
  frame.set("done", "i32", int(0));
  frame.loop("done", frame.field("line"), () => {
    const left = sub(frame.field("line"), get("done"));
    set("moved", call("i32x4.gt_s", splat(left), lanes));
    frame.set("here", "i32", add(get("at"), bytes(get("done"))));
    set("places", load(add(frame.field("indices"), get("here"))));
    // Unsigned, −1 is greater than any place.
    const isInside = call(
      "i32x4.lt_u",
      get("places"),
      splat(frame.field("target")),
    );
    set("inside", both(isInside, get("moved")));
    const offsets = product(get("places"), splat(frame.field("scale")));
    set("places", sum(get("bases"), offsets));
    if (isPlace) {
      set("values", load(add(frame.field("from"), get("here"))));
      set("moved", get("inside"));
    } else {
      // What points outside reads a place that there is, and is then set to 0.
      const safe = [get("places"), get("bases"), get("inside")];
      set("places", call("v128.bitselect", ...safe));
      forEachLane((lane) => {
        const take = `v128.load32_lane ${lane}`;
        set("values", call(take, laneOf("places", lane), get("values")));
      });
      set("values", both(get("values"), get("inside")));
      const to = splat(add(frame.field("to"), get("here")));
      set("places", sum(to, ints(0, 4, 8, 12)));
    }
    forEachLane((lane) => {
      frame.when(laneOf("moved", lane), () => {
        const store = `v128.store32_lane ${lane}`;
        frame.line(call(store, laneOf("places", lane), get("values")));
      });
    });
    set("bases", sum(get("bases"), splat(bytes(step))));
  }, 4);
}

function forEachLane(act: (lane: number) => void): void {
  [0, 1, 2, 3].forEach(act);
}

function laneOf(name: string, lane: number): Term {
  return call(`i32x4.extract_lane ${lane}`, get(name));
}
