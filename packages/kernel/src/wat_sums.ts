import { fixedKernel, type WatFixed } from "./wat_fixed.ts";
import { load, WatFrame } from "./wat_frame.ts";
import { add, bytes, call, floats, get, int, mul, sub } from "./wat_text.ts";

/** Vectors of channels that are summed at a time. */
const WIDE = 4;

/**
 * The kernel of weighted sums of rows: `to[r] = Σ weights[e] · from[entries[e]]`
 * for e from `offsets[r]` up to `offsets[r + 1]`, in that order, where rows of
 * both tensors are `channels` numbers. With as many rows of `from` as
 * `columns` and of `to` as `rows`, another part begins that is summed alike.
 *
 * What threads divide among themselves is rows.
 */
export function emitWatSums(
  { shared = true }: { readonly shared?: boolean } = {},
): WatFixed {
  const frame = new WatFrame();
  const channels = frame.field("channels");
  frame.set("row", "i32", get("begin"));
  frame.loop("row", get("end"), () => {
    const part = call("i32.div_u", get("row"), frame.field("rows"));
    const first = mul(mul(part, frame.field("columns")), channels);
    frame.set("source", "i32", add(frame.field("from"), bytes(first)));
    const at = mul(get("row"), channels);
    frame.set("target", "i32", add(frame.field("to"), bytes(at)));
    const inPart = call("i32.rem_u", get("row"), frame.field("rows"));
    const offset = add(frame.field("offsets"), bytes(inPart));
    frame.set("first", "i32", bytes(call("i32.load", offset)));
    frame.set("last", "i32", bytes(call("i32.load offset=4", offset)));
    frame.set("channel", "i32", int(0));
    sumVectors(frame, WIDE);
    sumVectors(frame, 1);
    sumRest(frame);
  });
  return fixedKernel(frame, { shared, comment: "weighted sums of rows" });
}

/** Sums so many vectors of channels at a time, as long as there are enough. */
function sumVectors(frame: WatFrame, vectors: number): void {
  const names = Array.from({ length: vectors }, (_, i) => `sum_${i}`);
  const end = sub(frame.field("channels"), 4 * vectors - 1);
  frame.loop("channel", end, () => {
    for (const name of names) frame.set(name, "v128", floats(0));
    forEachEntry(frame, () => {
      const weight = call("v128.load32_splat", weightAddress(frame));
      frame.set("weight", "v128", weight);
      for (const [i, name] of names.entries()) {
        const share = call("f32x4.mul", load(get("at"), 4 * i), get("weight"));
        frame.set(name, "v128", call("f32x4.add", get(name), share));
      }
    });
    for (const [i, name] of names.entries()) {
      const store = i === 0 ? "v128.store" : `v128.store offset=${16 * i}`;
      frame.line(call(store, targetAddress(), get(name)));
    }
  }, 4 * vectors);
}

/** Sums the channels that make up no vector one by one. */
function sumRest(frame: WatFrame): void {
  frame.loop("channel", frame.field("channels"), () => {
    frame.set("sum", "f32", "(f32.const 0)");
    forEachEntry(frame, () => {
      const weight = call("f32.load", weightAddress(frame));
      const share = call("f32.mul", call("f32.load", get("at")), weight);
      frame.set("sum", "f32", call("f32.add", get("sum"), share));
    });
    frame.line(call("f32.store", targetAddress(), get("sum")));
  });
}

/** Runs lines for each entry of the row, whose element is at `at`. */
function forEachEntry(frame: WatFrame, body: () => void): void {
  frame.set("entry", "i32", get("first"));
  frame.loop("entry", get("last"), () => {
    const entry = call("i32.load", add(frame.field("entries"), get("entry")));
    const index = add(mul(entry, frame.field("channels")), get("channel"));
    frame.set("at", "i32", add(get("source"), bytes(index)));
    body();
  }, 4);
}

function weightAddress(frame: WatFrame) {
  return add(frame.field("weights"), get("entry"));
}

function targetAddress() {
  return add(get("target"), bytes(get("channel")));
}
