import type { WatFrame } from "./wat_frame.ts";
import { add, call, get, int, mul, type Term } from "./wat_text.ts";

/** The fewest channels of a part: a cache line. */
const PART = 16;

/**
 * The parts that the channels of all rows are divided into, so that there is
 * work for all threads.
 */
export function channelParts(
  channels: number,
  { rows, threads }: { readonly rows: number; readonly threads: number },
): number {
  const wanted = Math.ceil(2 * threads / Math.max(1, rows));
  return Math.max(1, Math.min(wanted, Math.floor(channels / PART)));
}

/**
 * Sets what row `row` is of so many parts: the part, whose channels are whole
 * cache lines, and what of, as `item`.
 */
export function setChannelPart(frame: WatFrame): { from: Term; to: Term } {
  const all = frame.field("channels");
  const parts = frame.field("parts");
  frame.set("part", "i32", call("i32.rem_u", get("row"), parts));
  frame.set("item", "i32", call("i32.div_u", get("row"), parts));
  const end = (part: Term) => {
    const share = call("i32.div_u", mul(all, part), parts);
    return call("i32.and", share, int(-PART));
  };
  const from = frame.set("channel_from", "i32", end(get("part")));
  const next = frame.set("next_part", "i32", add(get("part"), 1));
  const isLast = call("i32.eq", next, parts);
  const to = call("select", all, end(next), isLast);
  return { from, to: frame.set("channel_to", "i32", to) };
}
