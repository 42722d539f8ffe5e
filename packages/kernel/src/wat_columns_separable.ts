import type { Expression } from "./expression.ts";
import { topological } from "./traverse.ts";
import type { VectorEvaluator } from "./wat_expression.ts";
import {
  accumulated,
  addCandidate,
  combineFold,
  leaveIfNaN,
  mindsNaN,
  nanLanes,
  onlyInside,
} from "./wat_folds.ts";
import { vectorsOf, WOVEN } from "./wat_cost.ts";
import { get, type Term, type WatFunction } from "./wat_text.ts";
import { shuffle } from "./wat_transposed.ts";

/** Every second element of two neighbouring vectors, from the first or second on. */
export const EVERY_SECOND: readonly (readonly number[])[] = [
  [0, 2, 4, 6],
  [1, 3, 5, 7],
];

/** The last three elements of a vector, and the first or second of another. */
const SHIFTED = [[1, 2, 3, 4], [1, 2, 3, 5]];

/** Leaves that are the same for all windows of a row, or the element itself. */
const POINTWISE: ReadonlySet<string> = new Set([
  "element",
  "constant",
  "scalar",
  "channel",
  "plane",
]);

/** Whether folds may be taken over rows first, then over columns. */
export function isSeparable(folds: readonly Expression[]): boolean {
  return folds.every(({ operation, operands: [body] }) =>
    ["sum", "foldMax", "foldMin"].includes(operation) && isPointwise(body)
  );
}

/** Whether an element's value is the same in all windows of its plane. */
export function isPointwise(body: Expression): boolean {
  return topological([body]).every((x) =>
    x.operands.length > 0
      ? x.level === "element" || x.level === "uniform"
      : POINTWISE.has(x.operation)
  );
}

/** A pass over windows of stride 2 whose rows are folded before their columns. */
export interface SeparablePass {
  readonly folds: readonly Expression[];
  /** The positions of a window's columns among the row's elements. */
  readonly offsets: readonly number[];
  /** The number of rows. */
  readonly rows: number;
  /** Reads an input at four neighbouring elements of a row. */
  read(name: string, row: number, offset: number): Term;
  /** Which of four neighbouring elements lie inside, where some may not. */
  readonly inside?: (offset: number) => Term;
  /** Where to go on if the result could be NaN. */
  readonly general: string;
}

/**
 * Folds the rows of windows of stride 2 element by element, as they lie in
 * memory, and then their columns: fewer instructions, since vectors are taken
 * apart once and not in every row.
 */
export function emitSeparablePass(
  evaluator: VectorEvaluator,
  pass: SeparablePass,
): void {
  const { out } = evaluator;
  const { folds, offsets, rows, general } = pass;
  evaluator.prepare(folds.flatMap((fold) => fold.operands));
  const place = evaluator.place;
  const vectors = Math.max(...offsets.map(lastVector)) + 1;
  for (let vector = 0; pass.inside && vector < vectors; vector++) {
    out.set(`inside.v${vector}`, "v128", pass.inside(4 * vector));
  }
  const column = (fold: Expression, vector: number) =>
    `${evaluator.name(fold)}.v${vector}`;
  weaveVectors(out, folds.map(({ operands: [body] }) => body), {
    count: rows * vectors,
    body(index) {
      const [row, vector] = [Math.floor(index / vectors), index % vectors];
      evaluator.nextElement();
      evaluator.place = {
        ...place,
        element: (name) => pass.read(name, row, 4 * vector),
      };
      for (const fold of folds) {
        const name = column(fold, vector);
        const inside = pass.inside && get(`inside.v${vector}`);
        if (!mindsNaN(fold)) {
          const sum = row === 0 ? undefined : get(name);
          const next = accumulated(evaluator, fold, { sum, mask: inside });
          out.set(name, "v128", next);
          continue;
        }
        let value = evaluator.evaluate(fold.operands[0]);
        if (inside) {
          const kept = onlyInside(evaluator, fold, { value, inside });
          value = out.keep(`kept.${evaluator.name(fold)}`, kept);
        }
        const best = row === 0 ? value : combineFold(fold, get(name), value);
        out.set(name, "v128", best);
        const candidates = nanLanes(evaluator.name(fold));
        addCandidate(out, candidates, value, row === 0 && vector === 0);
      }
    },
  });
  evaluator.place = place;
  for (const fold of folds) {
    const name = evaluator.name(fold);
    for (const [index, offset] of offsets.entries()) {
      const value = strided((vector) => get(column(fold, vector)), offset);
      out.set(
        name,
        "v128",
        index === 0 ? value : combineFold(fold, get(name), value),
      );
    }
    if (mindsNaN(fold)) {
      leaveIfNaN(out, [nanLanes(evaluator.name(fold))], general);
    }
    evaluator.define(fold, get(name));
  }
}

/** Works on vectors of elements, some at a time where that pays. */
export function weaveVectors(
  out: WatFunction,
  bodies: readonly Expression[],
  { count, body }: { count: number; body: (index: number) => void },
): void {
  const most = vectorsOf(bodies) === 1 ? WOVEN : 1;
  for (let from = 0; from < count; from += most) {
    const some = Math.min(most, count - from);
    out.weave(some, (index) => body(from + index));
  }
}

/** The last vector that a column's elements reach into. */
function lastVector(offset: number): number {
  return Math.floor((offset + 6) / 4);
}

/** Elements `offset`, `offset + 2`, … + 6 of neighbouring vectors. */
export function strided(vector: (index: number) => Term, offset: number): Term {
  const first = Math.floor(offset / 4);
  const odd = offset % 2;
  const every = shuffle(
    EVERY_SECOND[odd],
    vector(first),
    vector(first + 1),
  );
  return offset % 4 < 2
    ? every
    : shuffle(SHIFTED[odd], every, vector(first + 2));
}
