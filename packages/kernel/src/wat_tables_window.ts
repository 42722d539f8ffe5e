import { foldPasses } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import { address, lanes } from "./wat_expression.ts";
import { FoldPass } from "./wat_folds.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import { UNKNOWN_PLACE } from "./wat_place.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  splatFloat,
  type Term,
} from "./wat_text.ts";

/**
 * The schedule `tables`: lanes are four neighbouring windows of a row, which
 * begin where a table says. Their elements are loaded one by one, but folded
 * together.
 */
export function emitTablesWindow(columns: Columns): void {
  const { frame, depth, height, width } = columns;
  columns.forEachRow({ depth: depth.output, height: height.output }, () => {
    depth.find(columns.rowDepth, groupOf(columns));
    height.find(get("row_h"), groupOf(columns));
    frame.set("to", "i32", mul(get("row"), width.output));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      columns.overlapLast();
      emitTablesVector(columns);
    }, 4);
  });
}

/** The row of the tables that the row's plane has. */
export function groupOf({ frame, plan: { per } }: Columns): Term {
  if (per === "call") return int(0);
  return per === "plane"
    ? get("plane")
    : call("i32.div_u", get("plane"), frame.field("channels"));
}

/**
 * Four windows of a row, from their first element to what is stored of them;
 * elements are folded one by one where nobody else folds them.
 */
export function emitTablesVector(columns: Columns, fold?: () => void): void {
  new TablesVector(columns).emit(fold);
}

class TablesVector {
  constructor(readonly columns: Columns) {}

  emit(fold = () => this.#foldElements()): void {
    const { columns, columns: { frame, evaluator, program } } = this;
    findWindows(columns);
    evaluator.nextVector();
    evaluator.place = {
      ...UNKNOWN_PLACE,
      element: (name) => this.#element(name),
      perWindow: (name) => load(address(tensorField(name), this.#window)),
      channel: (name) => columns.channelParameter(name),
      plane: (name) => columns.planeParameter(name),
      position: () =>
        call(
          "i32x4.add",
          call("i32x4.splat", get("position")),
          get("starts"),
        ),
      windowIndex: () => lanes(this.#window, 1),
      count: () => countOfWindows(columns),
    };
    fold();
    for (const { name, value } of program.outputs) {
      const vector = frame.set("stored", "v128", evaluator.evaluate(value));
      const at = address(resultField(name), this.#window);
      columns.storeWindows(at, vector);
    }
  }

  get #window(): Term {
    return add(get("to"), get("column"));
  }

  #foldElements(): void {
    const { columns: { evaluator, program } } = this;
    for (const folds of foldPasses(program.outputs)) {
      const pass = new FoldPass(evaluator, folds);
      evaluator.prepare(folds.flatMap((fold) => fold.operands));
      pass.start();
      this.#forEachElement(() => {
        evaluator.nextElement();
        pass.step({ mask: get("inside") });
      });
      pass.finish();
    }
  }

  #forEachElement(body: () => void): void {
    const { columns } = this;
    const { frame, depth, height, width } = columns;
    depth.forEach(() =>
      height.forEach(() => {
        const row = columns.rowIndex(depth.at, height.at);
        frame.set("position", "i32", mul(row, width.input));
        frame.set("tap", "i32", int(0));
        frame.loop("tap", frame.field("size_w"), () => {
          const at = add(columns.planeStart, get("position"));
          frame.set("at", "i32", bytes(at));
          const tap = call("i32x4.splat", get("tap"));
          frame.set("inside", "v128", call("i32x4.lt_s", tap, get("counts")));
          body();
          frame.set("position", "i32", add(get("position"), 1));
        });
      })
    );
  }

  /** The elements of the four windows. */
  #element(name: string): Term {
    const { frame } = this.columns;
    const base = add(get(tensorField(name)), get("at"));
    frame.set("from", "i32", base);
    return [0, 1, 2, 3].reduce((vector, lane) => {
      const at = add(get("from"), get(`start.${lane}`));
      return lane === 0
        ? call("v128.load32_zero", at)
        : call(`v128.load32_lane ${lane}`, at, vector);
    }, "");
  }
}

/** The elements of each of four windows. */
export function countOfWindows(columns: Columns): Term {
  const across = call("f32x4.convert_i32x4_s", get("counts"));
  return call("f32x4.mul", splatFloat(columns.rows(false)), across);
}

/** Reads where four windows begin and how many columns they have. */
export function findWindows(columns: Columns): void {
  const { frame, width } = columns;
  const first = mul(groupOf(columns), width.output);
  frame.set("entry", "i32", bytes(add(first, get("column"))));
  const isWindow = call(
    "i32x4.lt_s",
    lanes(get("column"), 1),
    call("i32x4.splat", width.output),
  );
  frame.set("inside", "v128", isWindow);
  for (const table of ["starts", "counts"]) {
    const entry = add(frame.field(`${table}_w`), get("entry"));
    const known = call("v128.and", load(entry), get("inside"));
    frame.set(table, "v128", known);
  }
  for (let lane = 0; lane < 4; lane++) {
    const start = call(`i32x4.extract_lane ${lane}`, get("starts"));
    frame.set(`start.${lane}`, "i32", bytes(start));
  }
}
