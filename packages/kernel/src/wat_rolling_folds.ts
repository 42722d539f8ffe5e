import type { Expression } from "./expression.ts";
import { foldPasses, type Program, type ProgramOutput } from "./program.ts";
import { isPointwise, strided } from "./wat_columns_separable.ts";
import type { VectorEvaluator } from "./wat_expression.ts";
import { combineFold, START } from "./wat_folds.ts";
import { type OnePass, onePass } from "./wat_one_pass.ts";
import { call, get, type Term } from "./wat_text.ts";

/** The folds that can be taken over the columns of a row, then over rows. */
const FOLDS: ReadonlySet<string> = new Set([
  "sum",
  "foldMax",
  "foldMin",
  "argmax",
  "argmin",
]);

/** Whether rows of windows can be folded alone, and then with each other. */
function isRolling(folds: readonly Expression[]): boolean {
  return folds.every(({ operation, operands: [body] }) =>
    FOLDS.has(operation) && isPointwise(body)
  );
}

/** What a program evaluates where rows are folded alone. */
export interface RollingCase extends Omit<OnePass, "folds"> {
  /** Its folds, all of one pass. */
  readonly folds: readonly RowFold[];
}

/** How the rows of a program's windows are folded; undefined if they cannot be. */
export function rollingCase(program: Program): RollingCase | undefined {
  const pass = onePass(program);
  if (!pass || !isRolling(pass.folds)) return undefined;
  return { ...pass, folds: rowFolds(pass.folds) };
}

/** The folds of formulas, where rows can be folded alone. */
export function foldsAlone(
  outputs: readonly ProgramOutput[],
): readonly RowFold[] | undefined {
  const [folds, ...later] = foldPasses(outputs);
  return folds && later.length === 0 && isRolling(folds)
    ? rowFolds(folds)
    : undefined;
}

/**
 * What is kept of each row: a sum, the best element, or the best element and
 * where it is.
 */
export interface RowFold {
  /** The value of each element. */
  readonly body: Expression;
  /** The fold of the values alone. */
  readonly values: Expression;
  /** The fold that asks where the best element is. */
  readonly places: Expression | undefined;
  /** The local that its values accumulate in; places have `.at` behind it. */
  readonly name: string;
}

/** The folds of a pass, those that accumulate the same made one. */
function rowFolds(folds: readonly Expression[]): RowFold[] {
  const all = new Map<string, RowFold>();
  for (const fold of folds) {
    const [body] = fold.operands;
    const kind = fold.operation.slice(-3).toLowerCase();
    const key = `${kind}.${body.id}`;
    const isArg = fold.operation.startsWith("arg");
    const before = all.get(key);
    all.set(key, {
      body,
      values: isArg ? before?.values ?? fold : fold,
      places: isArg ? fold : before?.places,
      name: before?.name ?? `row.${kind}${all.size}`,
    });
  }
  return [...all.values()];
}

/** How many vectors a row keeps of these folds for each vector of windows. */
export function keptVectors(folds: readonly RowFold[]): number {
  return folds.reduce((sum, { places }) => sum + (places ? 2 : 1), 0);
}

/** What a fold's lanes hold where there is no element. */
export function neutral({ values }: RowFold): number {
  return START[values.operation]!;
}

/** Adds four candidates to what was accumulated; the earlier of equals wins. */
export function accumulate(
  { out }: VectorEvaluator,
  { values, places, name }: RowFold,
  candidate: { value: Term; place?: Term; first: boolean },
): void {
  const { value, place, first } = candidate;
  const at = `${name}.at`;
  if (first) {
    out.set(name, "v128", value);
    if (place) out.set(at, "v128", place);
    return;
  }
  if (!places) {
    out.set(name, "v128", combineFold(values, get(name), value));
    return;
  }
  // Places grow, so that the winners' are the greatest.
  const isMax = places.operation === "argmax";
  const wins = call(isMax ? "f32x4.gt" : "f32x4.lt", value, get(name));
  const won = call("v128.and", wins, place!);
  out.set(at, "v128", call("i32x4.max_s", get(at), won));
  const best = call(isMax ? "f32x4.pmax" : "f32x4.pmin", get(name), value);
  out.set(name, "v128", best);
}

/** Elements `offset`, `offset + step` and so on of neighbouring vectors. */
export function lanesFrom(
  vector: (index: number) => Term,
  { offset, step }: { offset: number; step: number },
): Term {
  if (step === 2) return strided(vector, offset);
  const [first, rest] = [Math.floor(offset / 4), offset % 4];
  if (rest === 0) return vector(first);
  const bytes = Array.from({ length: 16 }, (_, index) => index + 4 * rest);
  return call(
    `i8x16.shuffle ${bytes.join(" ")}`,
    vector(first),
    vector(first + 1),
  );
}
