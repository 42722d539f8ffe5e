import type { Expression } from "./expression.ts";
import type { WgslValues } from "./wgsl_values.ts";

/** A variable that accumulates, and what it holds. */
export interface AccumulatorVariable {
  readonly name: string;
  readonly type: "f32" | "i32";
}

/** Variables that a loop over elements of a window adds to. */
export interface Accumulator {
  readonly variables: readonly AccumulatorVariable[];
  /** Adds lines that fold one more element, which stands behind all before. */
  update(inner: WgslValues): void;
  /**
   * Adds lines that fold what another invocation has found in other elements of
   * the window, whose variables are called as `other` says.
   *
   * @throws {TypeError} where elements must be folded one after the other
   */
  merge(other: (name: string) => string): void;
}

/** Declares what folds are gathered in; extremes of one body share variables. */
export function accumulate(
  values: WgslValues,
  folds: readonly Expression[],
): Accumulator[] {
  const accumulators: Accumulator[] = [];
  const extremes = new Map<string, Extreme>();
  for (const fold of folds) {
    if (fold.operation === "pick") {
      accumulators.push(accumulatePick(values, fold));
      continue;
    }
    if (fold.operation === "sum" || fold.operation === "indexSum") {
      accumulators.push(accumulateSum(values, fold));
      continue;
    }
    const isMax = fold.operation === "foldMax" || fold.operation === "argmax";
    const key = `${isMax ? "max" : "min"} of ${fold.operands[0].id}`;
    let extreme = extremes.get(key);
    if (!extreme) {
      extreme = accumulateExtreme(values, fold.operands[0], isMax);
      extremes.set(key, extreme);
      accumulators.push(extreme);
    }
    values.define(fold, fold.type === "i32" ? extreme.at : extreme.best);
  }
  return accumulators;
}

function accumulateSum(values: WgslValues, fold: Expression): Accumulator {
  const { text } = values;
  const name = values.newName("sum");
  const type = fold.type === "i32" ? "i32" : "f32";
  text.line(`var ${name} = ${type === "i32" ? "0" : "0.0"};`);
  values.define(fold, name);
  return {
    variables: [{ name, type }],
    update: (inner) =>
      text.line(`${name} += ${inner.value(fold.operands[0])};`),
    merge: (other) => text.line(`${name} += ${other(name)};`),
  };
}

/** The greatest or the smallest so far, and where it stands. */
interface Extreme extends Accumulator {
  readonly best: string;
  readonly at: string;
}

function accumulateExtreme(
  values: WgslValues,
  body: Expression,
  isMax: boolean,
): Extreme {
  const { text } = values;
  const best = values.newName(isMax ? "max" : "min");
  const at = `${best}_at`;
  text.line(`var ${best} = ${isMax ? "-" : ""}call.infinity;`);
  text.line(`var ${at} = -1;`);
  const replaceIf = (condition: string, value: string, position: string) =>
    text.block(`if (${condition})`, () => {
      text.line(`${best} = ${value};`);
      text.line(`${at} = ${position};`);
    });
  return {
    best,
    at,
    variables: [{ name: best, type: "f32" }, { name: at, type: "i32" }],
    update(inner) {
      const value = inner.word(body);
      const beats = isMax ? "is_greater" : "is_smaller";
      const wins = `${at} < 0 || ${beats}(${value}, ${best})`;
      replaceIf(wins, value, "position");
    },
    merge(other) {
      const wins = isMax ? "wins_maximum" : "wins_minimum";
      const all = [other(best), other(at), best, at].join(", ");
      replaceIf(`${wins}(${all})`, other(best), other(at));
    },
  };
}

/** Declares what a fold is gathered in that picks by a running sum. */
function accumulatePick(values: WgslValues, fold: Expression): Accumulator {
  const { text } = values;
  const [weight, threshold] = fold.operands;
  const picked = values.newName("pick");
  const running = `${picked}_sum`;
  const above = values.word(threshold);
  text.line(`var ${picked} = -1;`);
  text.line(`var ${running} = 0u;`);
  values.define(fold, picked);
  return {
    variables: [],
    update(inner) {
      text.line(`${running} += u32(${inner.value(weight)});`);
      text.block(`if (${picked} < 0 && ${running} > u32(${above}))`, () => {
        text.line(`${picked} = position;`);
      });
    },
    merge() {
      throw new TypeError(
        "Cannot merge what was picked by running sums of parts: the sum of all elements before is needed",
      );
    },
  };
}
