import { fixedKernel, type WatFixed } from "./wat_fixed.ts";
import { load, WatFrame } from "./wat_frame.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  int,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

const LANES = [0, 1, 2, 3];

/** The numbers that a turn of a loop sets to zero. */
const ZEROED = 16;

/**
 * The kernel that sets planes to zero and places values in them where indices
 * say, in the order of memory; an index outside the plane places nothing.
 *
 * An item has `channels`, which stand last, of `indexed` values and `target`
 * places each; planes of their own are items of one channel. What threads
 * divide among themselves is blocks of `share` channels, of which there are
 * `blocks` in an item; the last may have fewer.
 */
export function emitWatPlace(
  { shared = true }: { readonly shared?: boolean } = {},
): WatFixed {
  const frame = new WatFrame();
  forEachBlock(frame, { small: "from", large: "to" }, () => {
    zeroBlock(frame);
    forEachVector(frame, {
      vector: (step) => placeVector(frame, step),
      single: () => {
        frame.when(isInside(frame), () => {
          const value = call("i32.load", smallAt(frame, "from"));
          frame.line(call("i32.store", largeAt(frame), value));
        });
      },
    });
  });
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
  forEachBlock(frame, { small: "to", large: "from" }, () => {
    forEachVector(frame, {
      vector: (step) => takeVector(frame, step),
      single: () => {
        const store = (value: Term) =>
          frame.line(call("i32.store", smallAt(frame, "to"), value));
        frame.when(
          isInside(frame),
          () => store(call("i32.load", largeAt(frame))),
          () => store(int(0)),
        );
      },
    });
  });
  return fixedKernel(frame, { shared, comment: "values from their indices" });
}

/** Runs lines for each block, whose addresses are `small`, `at` and `large`. */
function forEachBlock(
  frame: WatFrame,
  names: { readonly small: string; readonly large: string },
  body: () => void,
): void {
  const channels = frame.field("channels");
  const blocks = frame.field("blocks");
  const share = frame.field("share");
  const splat = (value: Term) => call("i32x4.splat", value);
  frame.set("targets", "v128", splat(frame.field("target")));
  frame.set("steps", "v128", splat(bytes(channels)));
  frame.set("block", "i32", get("begin"));
  frame.loop("block", get("end"), () => {
    const inItem = call("i32.rem_u", get("block"), blocks);
    frame.set("first", "i32", mul(inItem, share));
    frame.set("width", "i32", sub(channels, get("first")));
    frame.set("width", "i32", smaller(get("width"), share));
    const item = call("i32.div_u", get("block"), blocks);
    frame.set("item", "i32", mul(item, channels));
    const start = (positions: string) =>
      bytes(add(mul(get("item"), frame.field(positions)), get("first")));
    frame.set("small", "i32", start("indexed"));
    const large = add(frame.field(names.large), start("target"));
    frame.set("large", "i32", large);
    body();
  });
}

/** Sets the places of a block to zero. */
function zeroBlock(frame: WatFrame): void {
  const channels = frame.field("channels");
  const target = frame.field("target");
  frame.comment("a block of all channels is one run of memory");
  const isRun = call("i32.eq", get("width"), channels);
  const pick = (run: Term, rows: Term) => call("select", run, rows, isRun);
  const numbers = pick(mul(target, channels), get("width"));
  frame.set("numbers", "i32", numbers);
  frame.set("rows", "i32", pick(int(1), target));
  frame.set("zero_at", "i32", get("large"));
  frame.set("row", "i32", int(0));
  frame.loop("row", get("rows"), () => {
    const at = add(get("zero_at"), bytes(get("number")));
    frame.set("number", "i32", int(0));
    for (const step of [ZEROED, 4]) {
      frame.loop("number", sub(get("numbers"), step - 1), () => {
        for (let i = 0; i < step; i += 4) {
          const store = i === 0 ? "v128.store" : `v128.store offset=${4 * i}`;
          frame.line(call(store, at, floats(0)));
        }
      }, step);
    }
    frame.loop("number", get("numbers"), () => {
      frame.line(call("i32.store", at, int(0)));
    });
    frame.set("zero_at", "i32", add(get("zero_at"), bytes(channels)));
  });
}

/** What is done with four values, and with a single one. */
interface Moves {
  /** The bytes from a lane's plane to the next one's. */
  readonly vector: (step: 0 | 4) => void;
  readonly single: () => void;
}

/**
 * Runs lines for all values of a block: `at` is where they lie in their
 * tensors, and `base` where their plane begins.
 */
function forEachVector(frame: WatFrame, { vector, single }: Moves): void {
  const channels = frame.field("channels");
  const indexed = frame.field("indexed");
  frame.set("at", "i32", get("small"));
  frame.set("position", "i32", int(0));
  const next = (numbers: number) =>
    frame.set("at", "i32", add(get("at"), 4 * numbers));
  frame.when(
    call("i32.eq", channels, int(1)),
    () => {
      frame.set("base", "i32", get("large"));
      frame.loop("position", sub(indexed, 3), () => {
        vector(0);
        next(4);
      }, 4);
      frame.loop("position", indexed, () => {
        single();
        next(1);
      });
    },
    () => {
      frame.loop("position", indexed, () => {
        frame.set("at", "i32", get("small"));
        frame.set("base", "i32", get("large"));
        frame.set("channel", "i32", int(0));
        for (const count of [4, 1]) {
          const end = sub(get("width"), count - 1);
          frame.loop("channel", end, () => {
            if (count === 4) vector(4);
            else single();
            next(count);
            frame.set("base", "i32", add(get("base"), 4 * count));
          }, count);
        }
        frame.set("small", "i32", add(get("small"), bytes(channels)));
      });
    },
  );
}

function placeVector(frame: WatFrame, step: number): void {
  frame.set("values", "v128", load(smallAt(frame, "from")));
  lookUp(frame);
  const place = (lane: number) => {
    const store = `v128.store32_lane offset=${step * lane} ${lane}`;
    frame.line(call(store, laneAt("places", lane), get("values")));
  };
  frame.when(
    call("i32x4.all_true", get("inside")),
    () => LANES.forEach(place),
    () => {
      for (const lane of LANES) {
        const inside = call(`i32x4.extract_lane ${lane}`, get("inside"));
        frame.when(inside, () => place(lane));
      }
    },
  );
}

function takeVector(frame: WatFrame, step: number): void {
  lookUp(frame);
  frame.comment("what points outside reads the first place, and then gets 0");
  const safe = call("v128.and", get("places"), get("inside"));
  frame.set("places", "v128", safe);
  const from = (lane: number) => laneAt("places", lane);
  frame.set("values", "v128", call("v128.load32_zero", from(0)));
  for (const lane of LANES.slice(1)) {
    const take = `v128.load32_lane offset=${step * lane} ${lane}`;
    frame.set("values", "v128", call(take, from(lane), get("values")));
  }
  const values = call("v128.and", get("values"), get("inside"));
  frame.line(call("v128.store", smallAt(frame, "to"), values));
}

/** Sets where four indices point to, in bytes, and whether that is inside. */
function lookUp(frame: WatFrame): void {
  frame.set("four", "v128", load(smallAt(frame, "indices")));
  frame.comment("−1 counts as the greatest integer");
  const inside = call("i32x4.lt_u", get("four"), get("targets"));
  frame.set("inside", "v128", inside);
  frame.set("places", "v128", call("i32x4.mul", get("four"), get("steps")));
}

function laneAt(name: string, lane: number): Term {
  return add(get("base"), call(`i32x4.extract_lane ${lane}`, get(name)));
}

/** Sets the index of a single value; whether it points into the plane. */
function isInside(frame: WatFrame): Term {
  frame.set("index", "i32", call("i32.load", smallAt(frame, "indices")));
  return call("i32.lt_u", get("index"), frame.field("target"));
}

/** Where a single value lies in the large planes. */
function largeAt(frame: WatFrame): Term {
  const place = mul(get("index"), frame.field("channels"));
  return add(get("base"), bytes(place));
}

/** Where values, or their indices, lie in a tensor of small planes. */
function smallAt(frame: WatFrame, tensor: string): Term {
  return add(frame.field(tensor), get("at"));
}
