import { fixedKernel, type WatFixed } from "./wat_fixed.ts";
import { load, WatFrame } from "./wat_frame.ts";
import { add, bytes, call, get, int, mul, sub } from "./wat_text.ts";
import { LANES, transposed } from "./wat_transposed.ts";

/**
 * The kernel that transposes matrices: `to[n, j, i] = from[n, i, j]` for
 * matrices of `rows` × `columns`.
 *
 * What threads divide among themselves is strips of four columns, of which
 * there are `strips` in a matrix; the last may have fewer.
 */
export function emitWatTranspose(
  { shared = true }: { readonly shared?: boolean } = {},
): WatFixed {
  const frame = new WatFrame();
  const rows = frame.field("rows");
  const columns = frame.field("columns");
  frame.set("strip", "i32", get("begin"));
  frame.loop("strip", get("end"), () => {
    const strips = frame.field("strips");
    const item = call("i32.div_u", get("strip"), strips);
    const first = bytes(mul(item, mul(rows, columns)));
    const column = bytes(call("i32.rem_u", get("strip"), strips));
    frame.set("column", "i32", column);
    frame.set(
      "source",
      "i32",
      add(add(frame.field("from"), first), bytes(get("column"))),
    );
    frame.set(
      "target",
      "i32",
      add(add(frame.field("to"), first), bytes(mul(get("column"), rows))),
    );
    frame.set("row", "i32", int(0));
    const isWhole = call("i32.le_s", add(get("column"), 4), columns);
    frame.when(isWhole, () => {
      frame.loop("row", sub(rows, 3), () => transposeSquare(frame), 4);
    });
    frame.loop("row", rows, () => copyRow(frame));
  });
  return fixedKernel(frame, { shared, comment: "transposed matrices" });
}

/** Four elements of four rows at a time. */
function transposeSquare(frame: WatFrame): void {
  const step = bytes(frame.field("columns"));
  const rows = LANES.map((lane) => {
    const at = lane === 0
      ? add(get("source"), mul(get("row"), step))
      : add(get("from_at"), step);
    frame.set("from_at", "i32", at);
    return frame.set(`row_${lane}`, "v128", load(get("from_at")));
  });
  frame.set("to_at", "i32", add(get("target"), bytes(get("row"))));
  for (const column of transposed(frame, "square", rows)) {
    frame.line(call("v128.store", get("to_at"), column()));
    frame.set("to_at", "i32", add(get("to_at"), bytes(frame.field("rows"))));
  }
}

/** The elements of a row that belong to the strip, one by one. */
function copyRow(frame: WatFrame): void {
  const columns = frame.field("columns");
  for (const lane of LANES) {
    const isInside = call("i32.lt_s", add(get("column"), lane), columns);
    frame.when(isInside, () => {
      const row = mul(get("row"), columns);
      const from = add(get("source"), bytes(add(row, lane)));
      const place = add(mul(frame.field("rows"), lane), get("row"));
      const to = add(get("target"), bytes(place));
      frame.line(call("i32.store", to, call("i32.load", from)));
    });
  }
}
