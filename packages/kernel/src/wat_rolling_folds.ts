import type { Expression } from "./expression.ts";
import { foldPasses, type Program, type ProgramOutput } from "./program.ts";
import { substitute } from "./traverse.ts";
import { usualCase } from "./usual_case.ts";
import { isPointwise, strided } from "./wat_columns_separable.ts";
import type { VectorEvaluator } from "./wat_expression.ts";
import { combineFold, START } from "./wat_folds.ts";
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
export interface RollingCase {
  /** Its folds, all of one pass. */
  readonly folds: readonly RowFold[];
  /** What it writes where nothing is unusual. */
  readonly outputs: readonly ProgramOutput[];
  /** What must hold of the windows for that. */
  readonly conditions: readonly Expression[];
  /** What must hold of each element for that. */
  readonly checks: readonly Expression[];
}

/** How the rows of a program's windows are folded; undefined if they cannot be. */
export function rollingCase(program: Program): RollingCase | undefined {
  const { outputs, conditions: all } = usualCase(program) ??
    { ...program, conditions: [] };
  const [conditions, checks] = dividedConditions(outputs, all);
  const asked = conditions.map((value) => ({ name: "", value }));
  const [folds, ...later] = foldPasses([...outputs, ...asked]);
  if (!folds || later.length > 0 || !isRolling(folds)) return undefined;
  return { folds: rowFolds(folds), outputs, conditions, checks };
}

/**
 * Conditions of windows, and of elements. What holds of all elements holds of
 * the greatest, too: a condition of an extreme that nothing else needs is one
 * of the elements.
 */
function dividedConditions(
  outputs: readonly ProgramOutput[],
  conditions: readonly Expression[],
): [conditions: Expression[], checks: Expression[]] {
  const needed = new Set(foldPasses(outputs).flat());
  const left: Expression[] = [];
  const checks: Expression[] = [];
  for (const condition of conditions) {
    const folds = foldPasses([{ name: "", value: condition }]).flat();
    const [fold, ...others] = folds;
    const isOfElements = others.length === 0 && fold && !needed.has(fold) &&
      fold.operation.startsWith("fold") && isPointwise(fold.operands[0]);
    if (!isOfElements) left.push(condition);
    else {
      checks.push(
        substitute(condition, (x) => x === fold ? x.operands[0] : undefined),
      );
    }
  }
  return [left, checks];
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
  const isMax = places.operation === "argmax";
  const wins = call(isMax ? "f32x4.gt" : "f32x4.lt", value, get(name));
  out.set(at, "v128", call("v128.bitselect", place!, get(at), wins));
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
