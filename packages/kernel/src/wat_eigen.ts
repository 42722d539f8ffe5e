import { DOUBLES } from "./wat_doubles.ts";
import { accumulateFunction } from "./wat_eigen_accumulate.ts";
import {
  GRAM_DEPTH,
  gramFunction,
  packFunction,
  tileFunction,
} from "./wat_eigen_gram.ts";
import {
  diagonaliseFunction,
  ROTATED_COLUMNS,
  rotateFunction,
  ROTATION_BYTES,
} from "./wat_eigen_qr.ts";
import { double, doubles, LINE } from "./wat_eigen_text.ts";
import { tridiagonaliseFunction } from "./wat_eigen_tridiagonal.ts";
import {
  fillFunction,
  liftFunction,
  sortFunction,
  writeFunction,
} from "./wat_eigen_write.ts";
import { moduleText, type OpcodeRow } from "./wat_fixed.ts";
import { WatFrame } from "./wat_frame.ts";
import { add, bytes, call, get, int, mul, sub, type Term } from "./wat_text.ts";

/** Sweeps whose rotations are listed before vectors are rotated. */
const LISTED_SWEEPS = 8;

/** The kernel of eigenvalues as WebAssembly text. */
export interface WatEigen {
  /**
   * The module: it imports `env.memory` and exports `run(arguments, begin,
   * end)`, which does what some of the lanes do.
   */
  readonly text: string;
  /** The names of the integers of the block `arguments`, in order. */
  readonly fields: readonly string[];
  /** Those of its instructions that other kernels do without. */
  readonly instructions: readonly OpcodeRow[];
}

/** How the kernel of eigenvalues uses the scratch memory of a lane. */
export interface EigenScratch {
  /** Its bytes. */
  readonly bytes: number;
  /** Arguments of the kernel. */
  readonly fields: Readonly<Record<string, number>>;
}

/** The scratch memory that matrices of some size need. */
export function eigenScratch(rows: number, columns: number): EigenScratch {
  const n = Math.min(rows, columns);
  const inner = Math.max(rows, columns);
  const lines = Math.ceil(n / LINE) * LINE;
  // An odd number of cache lines: rows of one column then lie in all sets.
  const cacheLines = Math.ceil(n / ROTATED_COLUMNS);
  const stride = 8 * ROTATED_COLUMNS * (cacheLines + 1 - cacheLines % 2);
  const list = ROTATION_BYTES * LISTED_SWEEPS * (n + 1);
  const panels = 8 * lines * Math.min(inner, GRAM_DEPTH);
  const lift = 8 * LINE * (LINE + n);
  const sizes = {
    a: lines * stride,
    z: lines * stride,
    d: stride,
    e: stride,
    w: stride,
    p: stride,
    order: stride,
    spare: Math.max(list, panels, lift),
  };
  const fields: Record<string, number> = { stride, list_bytes: list };
  let end = 0;
  for (const [name, size] of Object.entries(sizes)) {
    fields[`at_${name}`] = end;
    end += size;
  }
  return { bytes: end, fields };
}

/**
 * The kernel of the eigenvalues and eigenvectors of x xᵀ, in double precision.
 *
 * Of x xᵀ and xᵀ x the smaller one is formed, made tridiagonal and then
 * diagonal. What threads divide among themselves is lanes: a lane has scratch
 * memory of its own, and decomposes every so many matrices, each on its own, so
 * that no number of threads or lanes changes a bit.
 */
export function emitWatEigen(
  { shared = true }: { readonly shared?: boolean } = {},
): WatEigen {
  const frame = new WatFrame();
  frame.set("lane", "i32", get("begin"));
  frame.loop("lane", get("end"), () => {
    const own = mul(get("lane"), frame.field("scratch_bytes"));
    frame.set("own", "i32", add(frame.field("scratch"), own));
    for (const name of ["a", "z", "d", "e", "w", "p", "order", "spare"]) {
      frame.set(name, "i32", add(get("own"), frame.field(`at_${name}`)));
    }
    frame.set("item", "i32", get("lane"));
    frame.repeat(
      call("i32.lt_s", get("item"), frame.field("batch")),
      () => {
        decompose(frame);
        frame.set("item", "i32", add(get("item"), frame.field("lanes")));
      },
    );
  });
  const body = frame.frameText();
  const text = moduleText([
    packFunction(),
    tileFunction(),
    gramFunction(),
    tridiagonaliseFunction(),
    accumulateFunction(),
    rotateFunction(),
    diagonaliseFunction(),
    sortFunction(),
    writeFunction(),
    liftFunction(),
    fillFunction(),
    body,
  ], { shared, comment: "eigenvalues and eigenvectors of x xᵀ" });
  return { text, fields: frame.fields, instructions: DOUBLES };
}

/** Decomposes the matrix with the number `item`. */
function decompose(frame: WatFrame): void {
  const names = ["rows", "columns", "stride", "list_bytes"];
  const [rows, columns, stride, listBytes] = names.map((name) =>
    frame.field(name)
  );
  const isWide = call("i32.le_s", rows, columns);
  frame.set("is_lifted", "i32", call("i32.eqz", isWide));
  const either = (tall: Term, wide: Term) =>
    call("select", tall, wide, get("is_lifted"));
  frame.set("n", "i32", either(columns, rows));
  frame.set("inner", "i32", either(rows, columns));
  const part = (name: string, size: Term) =>
    add(frame.field(name), bytes(mul(get("item"), size)));
  frame.set("x_item", "i32", part("x", mul(rows, columns)));
  frame.set("values_item", "i32", part("values", get("n")));
  frame.set("vectors_item", "i32", part("vectors", mul(rows, get("n"))));

  const filled = sub(get("spare"), get("own"));
  frame.line(call("memory.fill", get("own"), int(0), filled));
  const across = either(int(4), bytes(columns));
  const along = either(bytes(columns), int(4));
  const lines = [get("inner"), get("n")];
  const matrix = [get("a"), stride];
  const ways = [across, along];
  frame.line(
    call(
      "call $gram",
      get("x_item"),
      ...ways,
      ...lines,
      get("spare"),
      ...matrix,
    ),
  );
  frame.set("is_done", "i32", int(0));
  frame.when(isFinite(frame), () => {
    const some = ["a", "z", "d", "e", "w", "p", "n"].map(get);
    frame.line(call("call $tridiagonalise", ...some, stride));
    const vectors = [get("z"), get("w"), get("n"), stride];
    frame.line(call("call $accumulate", ...vectors));
    const list = [get("spare"), listBytes];
    const more = ["d", "e", "z", "n"].map(get);
    const isDone = call("call $diagonalise", ...more, stride, ...list);
    frame.set("is_done", "i32", isDone);
  });
  frame.when(get("is_done"), () => writeAll(frame), () => {
    frame.line(call("call $fill", get("values_item"), get("n")));
    const count = mul(rows, get("n"));
    frame.line(call("call $fill", get("vectors_item"), count));
  });
}

/** Whether no element of x is NaN or infinite, and so no sum of squares. */
function isFinite(frame: WatFrame): Term {
  frame.set("trace", "f64", double(0));
  frame.set("i", "i32", int(0));
  frame.loop("i", get("n"), () => {
    const row = add(get("a"), mul(get("i"), frame.field("stride")));
    const square = call("f64.load", add(row, doubles(get("i"))));
    frame.set("trace", "f64", call("f64.add", get("trace"), square));
  });
  return call("f64.lt", get("trace"), double(Infinity));
}

/** Writes eigenvalues and eigenvectors in order. */
function writeAll(frame: WatFrame): void {
  const [rows, stride] = [frame.field("rows"), frame.field("stride")];
  const order = [get("d"), get("order")];
  frame.line(call("call $sort", ...order, get("n"), get("inner")));
  const vectors = [...order, get("z"), get("n"), stride];
  const to = [get("values_item"), get("vectors_item"), get("is_lifted")];
  frame.line(call("call $write", ...vectors, ...to));
  frame.when(get("is_lifted"), () => {
    const from = [get("x_item"), rows, get("vectors_item")];
    const panel = add(get("spare"), int(8 * LINE * LINE));
    const scratch = [get("a"), panel, get("spare")];
    frame.line(call("call $lift", ...vectors, ...from, ...scratch));
  });
}
