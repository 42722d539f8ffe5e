import { foldPasses } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import { isSeparable } from "./wat_columns_separable.ts";
import { address } from "./wat_expression.ts";
import { mindsNaN } from "./wat_folds.ts";
import { tensorField } from "./wat_frame.ts";
import { add, all, call, get, int, mul, sub, type Term } from "./wat_text.ts";
import { type UnrolledRow, WindowVector } from "./wat_window_vector.ts";

/** The label of the text for vectors of any windows. */
const GENERAL = "$general";

/** Rows of a window, and positions times passes, that are unrolled at most. */
const UNROLLED = { rows: 9, positions: 64 };

/** Runs a window program on four neighbouring windows of a row at a time. */
export function emitColumnsWindow(columns: Columns): void {
  const { frame, depth, height, width } = columns;
  const unrolled = unrolledRows(columns);
  const insideColumns = columns.isInside();
  const wholeRows = [depth, height].map((axis) => axis.isWhole())
    .filter((term) => term !== undefined);
  const whole = wholeRows.length > 0 ? get("whole_rows") : undefined;
  columns.setLastInside(reachOf(columns));
  columns.forEachRow({ depth: depth.output, height: height.output }, () => {
    depth.find(columns.rowDepth, int(0));
    height.find(get("row_h"), int(0));
    if (whole) frame.set("whole_rows", "i32", all(wholeRows));
    for (const row of unrolled) setRow(columns, row);
    frame.set("to", "i32", mul(get("row"), width.output));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      columns.overlapLast();
      frame.orElse(
        GENERAL,
        () => emitWholeRows(columns, { unrolled, whole, insideColumns }),
        () => {
          // Some windows reach outside, or met what is no number.
          new WindowVector(columns, {
            masked: true,
            unrolled: [],
            outputs: columns.program.outputs,
          }).emit();
        },
      );
    }, 4);
  });
}

/** What is known of a vector of windows before it is folded. */
interface VectorConditions {
  readonly unrolled: readonly UnrolledRow[];
  /** Whether all rows of the windows are inside; undefined where they always are. */
  readonly whole: Term | undefined;
  /** Whether all columns are. */
  readonly insideColumns: Term;
}

/** Text for vectors whose rows are all inside; it leaves for others. */
function emitWholeRows(
  columns: Columns,
  { unrolled, whole, insideColumns }: VectorConditions,
): void {
  const { frame, width, program } = columns;
  const inner = () => {
    frame.alongRow(get("last_inside"), () => {
      const vector = { masked: false, unrolled, general: GENERAL };
      const { usual } = columns;
      const general = () =>
        new WindowVector(columns, { ...vector, ...program }).emit();
      if (usual) {
        frame.orElse(
          "$unusual",
          () =>
            new WindowVector(columns, {
              ...vector,
              ...usual,
              general: "$unusual",
            }).emit(),
          general,
          "$stored",
        );
      } else general();
    });
  };
  if (whole) frame.leaveUnless(GENERAL, whole);
  if (unrolled.length === 0 || !allSeparable(columns)) {
    frame.leaveUnless(GENERAL, insideColumns);
    return inner();
  }
  frame.orElse("$edge", () => {
    frame.leaveUnless("$edge", insideColumns);
    inner();
  }, () => {
    // Some columns lie outside.
    frame.leaveUnless(GENERAL, call("i32.ge_s", width.output, int(4)));
    new WindowVector(columns, {
      masked: true,
      unrolled,
      outputs: program.outputs,
      general: GENERAL,
    }).emit();
  }, "$folded");
}

/** Whether rows can be folded before columns in every pass. */
function allSeparable({ plan, program }: Columns): boolean {
  return plan.axes[2].stride === 2 &&
    foldPasses(program.outputs).every(isSeparable);
}

/**
 * The elements of a row that four windows read, where it matters that they lie
 * inside: where rows are folded first, NaN is looked for among all that is read,
 * and the text for what could be NaN adds in another order.
 */
function reachOf(columns: Columns): number | undefined {
  const { plan, program, usual, reachedVectors } = columns;
  const mixed = foldPasses((usual ?? program).outputs).some((folds) => {
    return folds.some(({ operation }) => operation === "sum") &&
      folds.some(mindsNaN);
  });
  return plan.axes[2].stride === 2 && mixed ? 4 * reachedVectors : undefined;
}

/** The rows of a window where all are inside, if they are few. */
function unrolledRows({ plan, program }: Columns): UnrolledRow[] {
  const [depth, height, width] = plan.axes.map(({ size }) => size);
  const passes = foldPasses(program.outputs).length;
  if (
    depth * height > UNROLLED.rows ||
    depth * height * width * passes > UNROLLED.positions
  ) return [];
  return Array.from({ length: depth * height }, (_, row) => ({
    depth: Math.floor(row / height),
    height: row % height,
    mark: `.row${row}`,
  }));
}

/** Sets the locals of an unrolled row: its index in its plane, its addresses. */
function setRow(columns: Columns, row: UnrolledRow): void {
  const { frame, depth, height, width, plan } = columns;
  const at = (axis: typeof depth, tap: number) =>
    add(axis.start, tap * axis.axis.dilation);
  const index = columns.rowIndex(at(depth, row.depth), at(height, row.height));
  frame.set(
    `position${row.mark}`,
    "i32",
    sub(mul(index, width.input), plan.axes[2].before),
  );
  const element = add(columns.planeStart, get(`position${row.mark}`));
  for (const name of elementNames(columns)) {
    frame.set(`${name}${row.mark}`, "i32", address(tensorField(name), element));
  }
}

function elementNames({ program }: Columns): string[] {
  return program.tensors.filter(({ role }) => role === "element")
    .map(({ name }) => name);
}
