import { load, type WatFrame } from "./wat_frame.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { add, bytes, call, get, int, sub } from "./wat_text.ts";

/** Vectors of a row that are written at a time. */
const VECTORS = 4;

/** A row of shares, and the row of elements that is given them. */
export interface GivenRow {
  /** The local of the address of the shares. */
  readonly from: string;
  /** That of the elements. */
  readonly to: string;
  /** How many there are. */
  readonly width: AxisRanges;
  /** Whether shares are added to what is there; else they are set. */
  readonly adds: boolean;
}

/** Gives shares to all elements of a row. */
export function giveRow(
  frame: WatFrame,
  { from, to, width, adds }: GivenRow,
): void {
  const at = (row: string) => add(get(row), get("offset"));
  const end = bytes(width.input);
  frame.set("offset", "i32", int(0));
  for (const vectors of [VECTORS, 1]) {
    frame.loop("offset", sub(end, 16 * vectors - 1), () => {
      for (let vector = 0; vector < vectors; vector++) {
        const share = load(at(from), 4 * vector);
        const sum = adds
          ? call("f32x4.add", load(at(to), 4 * vector), share)
          : share;
        frame.line(call(`v128.store offset=${16 * vector}`, at(to), sum));
      }
    }, 16 * vectors);
  }
  frame.loop("offset", end, () => {
    const share = call("f32.load", at(from));
    const sum = adds ? call("f32.add", call("f32.load", at(to)), share) : share;
    frame.line(call("f32.store", at(to), sum));
  }, 4);
}
