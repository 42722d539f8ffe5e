import { load } from "./wat_frame.ts";
import {
  add,
  call,
  floats,
  get,
  int,
  mul,
  sub,
  WatFunction,
} from "./wat_text.ts";

/** Results that are summed in registers at a time: there are 16 for vectors. */
export const TILE = { rows: 4, columns: 8 } as const;

/** Terms of the sum in one turn of the loop. */
const UNROLLED = 4;

const ROWS = [0, 1, 2, 3];
const HALVES = [0, 1];

/**
 * The function `$tile`, which sums a panel of rows times a panel of columns and
 * writes the results, or adds them to those that are there.
 */
export function tileFunction(): string {
  const tile = new WatFunction();
  const sums = ROWS.flatMap((row) =>
    HALVES.map((half) => ({ row, half, name: `sum_${row}_${half}` }))
  );
  for (const { name } of sums) tile.set(name, "v128", floats(0));
  tile.set("left", "i32", get("a"));
  tile.set("right", "i32", get("b"));
  tile.set("k", "i32", int(0));
  const most = sub(get("depth"), UNROLLED - 1);
  tile.loop("k", most, () => {
    for (let step = 0; step < UNROLLED; step++) addStep(tile);
  }, UNROLLED);
  tile.loop("k", get("depth"), () => addStep(tile));
  const place = (row: number) =>
    tile.set(
      "at",
      "i32",
      row === 0 ? get("to") : add(get("at"), get("stride")),
    );
  tile.when(get("is_more"), () => {
    for (const { row, half, name } of sums) {
      if (half === 0) place(row);
      const before = load(get("at"), 4 * half);
      tile.set(name, "v128", call("f32x4.add", before, get(name)));
    }
  });
  for (const { row, half, name } of sums) {
    if (half === 0) place(row);
    tile.line(call(`v128.store offset=${16 * half}`, get("at"), get(name)));
  }
  const parameters = ["a", "b", "depth", "to", "stride", "is_more"];
  return tile.text(
    `$tile ${parameters.map((name) => `(param $${name} i32)`).join(" ")}`,
  );
}

/**
 * Adds the products of one k, and goes to the next.
 *
 * Where an engine checks bounds, it does so with a number for each offset, so
 * that offsets are few: they do not grow with the steps that are unrolled.
 */
function addStep(tile: WatFunction): void {
  for (const half of HALVES) {
    tile.set(`b_${half}`, "v128", load(get("right"), 4 * half));
  }
  tile.set("right", "i32", add(get("right"), 4 * TILE.columns));
  for (const row of ROWS) {
    const splat = `v128.load32_splat offset=${4 * row}`;
    tile.set("a_row", "v128", call(splat, get("left")));
    for (const half of HALVES) {
      const name = `sum_${row}_${half}`;
      const product = call("f32x4.mul", get("a_row"), get(`b_${half}`));
      tile.set(name, "v128", call("f32x4.add", get(name), product));
    }
  }
  tile.set("left", "i32", add(get("left"), 4 * TILE.rows));
}

/**
 * The function `$merge`, which copies or adds the part of a tile that lies
 * inside of a result.
 */
export function mergeFunction(): string {
  const merge = new WatFunction();
  merge.set("row", "i32", int(0));
  merge.loop("row", get("rows"), () => {
    const rowAt = mul(get("row"), int(4 * TILE.columns));
    merge.set("from", "i32", add(get("tile"), rowAt));
    const to = add(get("to"), mul(get("row"), get("stride")));
    merge.set("at", "i32", to);
    merge.set("column", "i32", int(0));
    const most = sub(get("columns"), 3);
    merge.loop("column", most, () => {
      moveOn(merge, { type: "f32x4", local: "v128", size: 16 });
    }, 4);
    merge.loop("column", get("columns"), () => {
      moveOn(merge, { type: "f32", local: "f32", size: 4 });
    });
  });
  const parameters = ["tile", "to", "stride", "rows", "columns", "is_more"];
  return merge.text(
    `$merge ${parameters.map((name) => `(param $${name} i32)`).join(" ")}`,
  );
}

/** Copies or adds one number or vector, and goes to the next. */
function moveOn(
  merge: WatFunction,
  { type, local, size }: {
    readonly type: "f32x4" | "f32";
    readonly local: "v128" | "f32";
    readonly size: number;
  },
): void {
  const read = (from: string) => call(`${local}.load`, get(from));
  merge.set(local, local, read("from"));
  merge.when(get("is_more"), () => {
    merge.set(local, local, call(`${type}.add`, read("at"), get(local)));
  });
  merge.line(call(`${local}.store`, get("at"), get(local)));
  for (const name of ["from", "at"]) {
    merge.set(name, "i32", add(get(name), size));
  }
}
