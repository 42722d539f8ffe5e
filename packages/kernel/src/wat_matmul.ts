import { moduleText } from "./wat_fixed.ts";
import { WatFrame } from "./wat_frame.ts";
import { packFunction } from "./wat_matmul_pack.ts";
import { mergeFunction, TILE, tileFunction } from "./wat_matmul_tile.ts";
import {
  add,
  bytes,
  call,
  get,
  greater,
  int,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

/**
 * The most terms that are added up before their sum is added to the result:
 * rounding errors grow with the number of such parts and not with that of the
 * terms, and a panel of them lies in the first cache.
 */
export const MATMUL_DEPTH = 256;

/** Where the parts of a thread's scratch memory begin, in bytes. */
const SCRATCH = {
  /** A panel of the right matrices. */
  b: 0,
  /** A tile at an edge. */
  edge: 4 * TILE.columns * MATMUL_DEPTH,
  /** Panels of the left matrices: all rows of a block. */
  a: 4 * TILE.columns * (MATMUL_DEPTH + TILE.rows),
};

/** The bytes that a thread needs to compute blocks of so many rows. */
export function matmulScratch(blockRows: number): number {
  return SCRATCH.a + 4 * MATMUL_DEPTH * blockRows;
}

/** The kernel of products of matrices as WebAssembly text. */
export interface WatMatmul {
  /**
   * The module: it imports `env.memory` and exports `run(arguments, begin,
   * end)`, which computes some of the blocks of results.
   */
  readonly text: string;
  /** The names of the integers of the block `arguments`, in order. */
  readonly fields: readonly string[];
}

/**
 * The kernel of `to[n, i, j] = Σ_g Σ_k a[n, g, i, k] · b[n, g, k, j]`.
 *
 * What threads divide among themselves is blocks of results. For a block,
 * operands are copied into panels of four rows and of eight columns, in the
 * order in which they are needed, whatever their strides. Then tiles of four
 * times eight results are summed in registers. A result is a sum over g and k
 * in their order, in parts of up to {@linkcode MATMUL_DEPTH} terms: neither the
 * number of threads nor the size of blocks changes a bit of it.
 *
 * With the argument `mirrored` b is the transpose of a, and of two tiles that
 * mirror each other one is computed and copied.
 */
export function emitWatMatmul(
  { shared = true }: { readonly shared?: boolean } = {},
): WatMatmul {
  const frame = new WatFrame();
  const own = mul(frame.thread, frame.field("scratch_bytes"));
  frame.set("own", "i32", add(frame.field("scratch"), own));
  frame.set("job", "i32", get("begin"));
  frame.loop("job", get("end"), () => {
    setBlock(frame);
    frame.set("part", "i32", int(0));
    frame.loop("part", frame.field("parts"), () => {
      setPart(frame);
      packLeft(frame);
      forEachRightPanel(frame, () => computeTiles(frame));
    });
    frame.when(frame.field("mirrored"), () => mirror(frame));
  });
  const body = frame.frameText();
  const text = moduleText([
    packFunction(),
    tileFunction(),
    mergeFunction(),
    body,
  ], { shared, comment: "products of matrices" });
  return { text, fields: frame.fields };
}

/** Sets what belongs to the block of results with the number `job`. */
function setBlock(frame: WatFrame): void {
  const blocks = (way: "row" | "column", index: Term) => {
    const size = frame.field(`${way}s_per_block`);
    const count = frame.field(`${way}_blocks`);
    const first = mul(call("i32.rem_u", index, count), size);
    frame.set(`first_${way}`, "i32", first);
    const left = sub(frame.field(`${way}s`), get(`first_${way}`));
    frame.set(`${way}_count`, "i32", smaller(size, left));
    frame.set("item", "i32", call("i32.div_u", index, count));
  };
  blocks("column", get("job"));
  blocks("row", get("item"));
  for (const name of ["a", "b"]) {
    const from = mul(get("item"), frame.field(`${name}_batch`));
    frame.set(`${name}_item`, "i32", add(frame.field(name), from));
  }
  frame.set("stride", "i32", bytes(frame.field("columns")));
  const before = mul(mul(get("item"), frame.field("rows")), get("stride"));
  frame.set("to_item", "i32", add(frame.field("to"), before));
}

/** Sets what belongs to the part of the sum with the number `part`. */
function setPart(frame: WatFrame): void {
  const inParts = frame.field("inner_parts");
  const groups = frame.field("groups_per_part");
  const group = mul(call("i32.div_u", get("part"), inParts), groups);
  frame.set("group", "i32", group);
  const groupsLeft = sub(frame.field("groups"), get("group"));
  frame.set("group_count", "i32", smaller(groups, groupsLeft));
  const depth = frame.field("inner_per_part");
  frame.set("k", "i32", mul(call("i32.rem_u", get("part"), inParts), depth));
  const innerLeft = sub(frame.field("inner"), get("k"));
  frame.set("k_count", "i32", smaller(depth, innerLeft));
  frame.set("depth", "i32", mul(get("group_count"), get("k_count")));
  for (const name of ["a", "b"]) {
    const ofGroup = mul(get("group"), frame.field(`${name}_group`));
    const ofK = mul(get("k"), frame.field(`${name}_along`));
    const from = add(add(get(`${name}_item`), ofGroup), ofK);
    frame.set(`${name}_from`, "i32", from);
  }
}

/** Copies the rows of the block. */
function packLeft(frame: WatFrame): void {
  const firstColumn = get("first_column");
  const end = add(firstColumn, frame.field("columns_per_block"));
  frame.set("row_end", "i32", rowsAbove(frame, end));
  frame.set("row", "i32", int(0));
  frame.loop("row", get("row_end"), () => {
    pack(frame, "a", {
      line: add(get("first_row"), get("row")),
      last: sub(frame.field("rows"), 1),
      to: leftPanel(),
      step: 4 * TILE.rows,
    });
  }, TILE.rows);
}

/** Copies eight columns of the block at a time, and runs lines for them. */
function forEachRightPanel(frame: WatFrame, body: () => void): void {
  const line = add(get("first_column"), get("column"));
  frame.set("column", "i32", int(0));
  frame.loop("column", get("column_count"), () => {
    const end = add(line, TILE.columns);
    frame.set("row_end", "i32", rowsAbove(frame, end));
    frame.when(call("i32.gt_s", get("row_end"), int(0)), () => {
      for (let half = 0; half < TILE.columns; half += 4) {
        pack(frame, "b", {
          line: add(line, half),
          last: sub(frame.field("columns"), 1),
          to: add(get("own"), SCRATCH.b + 4 * half),
          step: 4 * TILE.columns,
        });
      }
      body();
    });
  }, TILE.columns);
}

/**
 * The end of the block's rows that are computed for columns up to an end: where
 * results mirror each other, those whose square of eight is not below the
 * diagonal.
 */
function rowsAbove(frame: WatFrame, columnEnd: Term): Term {
  const above = frame.set(
    "rows_above",
    "i32",
    sub(columnEnd, get("first_row")),
  );
  const count = get("row_count");
  const fewer = smaller(above, count);
  return call("select", fewer, count, frame.field("mirrored"));
}

/** Where the panel of the rows from `row` on lies. */
function leftPanel(): Term {
  return add(
    add(get("own"), SCRATCH.a),
    bytes(mul(get("row"), get("depth"))),
  );
}

function pack(
  frame: WatFrame,
  name: "a" | "b",
  { line, last, to, step }: {
    readonly line: Term;
    readonly last: Term;
    readonly to: Term;
    readonly step: number;
  },
): void {
  const ways = ["group", "across", "along"].map((way) =>
    frame.field(`${name}_${way}`)
  );
  const counts = [get("group_count"), get("k_count")];
  const from = get(`${name}_from`);
  frame.line(
    call("call $pack", from, ...ways, ...counts, line, last, to, int(step)),
  );
}

/** Computes the tiles of the rows of the block and the panel of columns. */
function computeTiles(frame: WatFrame): void {
  const [right, depth] = [get("own"), get("depth")];
  const edge = add(get("own"), SCRATCH.edge);
  frame.set("row", "i32", int(0));
  frame.loop("row", get("row_end"), () => {
    frame.set("at", "i32", placeOf({ row: "row", column: "column" }));
    for (const way of ["row", "column"] as const) {
      const left = sub(get(`${way}_count`), get(way));
      frame.set(`${way}s_left`, "i32", smaller(int(TILE[`${way}s`]), left));
    }
    const isWhole = call(
      "i32.eq",
      mul(get("rows_left"), get("columns_left")),
      int(TILE.rows * TILE.columns),
    );
    const tile = (at: Term, stride: Term, isMore: Term) =>
      frame.line(
        call("call $tile", leftPanel(), right, depth, at, stride, isMore),
      );
    frame.when(
      isWhole,
      () => tile(get("at"), get("stride"), get("part")),
      () => {
        tile(edge, int(4 * TILE.columns), int(0));
        const left = [get("rows_left"), get("columns_left")];
        const to = [get("at"), get("stride")];
        frame.line(call("call $merge", edge, ...to, ...left, get("part")));
      },
    );
  }, TILE.rows);
}

/** The address of a result, by locals that count from the block's first one. */
function placeOf({ row, column }: { row: string; column: string }): Term {
  const rows = add(get("first_row"), get(row));
  const columns = add(get("first_column"), get(column));
  return add(add(get("to_item"), mul(rows, get("stride"))), bytes(columns));
}

/** Copies results above the diagonal's squares of eight to below it. */
function mirror(frame: WatFrame): void {
  frame.set("row", "i32", get("first_row"));
  frame.set("row_end", "i32", add(get("first_row"), get("row_count")));
  frame.loop("row", get("row_end"), () => {
    const square = call("i32.or", get("row"), int(TILE.columns - 1));
    frame.set("column", "i32", add(square, 1));
    const column = greater(get("column"), get("first_column"));
    frame.set("column", "i32", column);
    const end = add(get("first_column"), get("column_count"));
    frame.loop("column", end, () => {
      const place = (row: string, column: string) =>
        add(
          add(get("to_item"), mul(get(row), get("stride"))),
          bytes(get(column)),
        );
      const value = call("f32.load", place("row", "column"));
      frame.line(call("f32.store", place("column", "row"), value));
    });
  });
}
