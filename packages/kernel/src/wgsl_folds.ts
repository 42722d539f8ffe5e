import type { Expression } from "./expression.ts";
import {
  type FoldItem,
  groupsOf,
  isMaximum,
  itemOf,
} from "./wgsl_fold_items.ts";
import { OF_VECTORS } from "./wgsl_helpers.ts";
import type { WgslText } from "./wgsl_text.ts";
import type { WgslValues } from "./wgsl_values.ts";
import { type ScalarType, splat, vectorOf } from "./wgsl_vector.ts";

/** A variable that accumulates, and what it holds. */
export interface AccumulatorVariable {
  readonly name: string;
  readonly type: "f32" | "i32";
}

/** Variables that a loop over elements of a window adds to. */
export interface Accumulator extends FoldItem {
  readonly variables: readonly AccumulatorVariable[];
  /**
   * Adds lines that fold one more item, which stands behind all before; of a
   * vector, where `inside` says so.
   */
  update(item: string, inside?: string): void;
  /**
   * Adds lines that fold what another invocation has found in other elements of
   * the window, whose variables are called as `other` says.
   *
   * @throws {TypeError} where elements must be folded one after the other
   */
  merge(other: (name: string) => string): void;
  /** Adds lines behind all elements, after which the folds have their values. */
  finish(): void;
}

/**
 * Declares what folds are gathered in; extremes of one body share variables.
 *
 * @param inLanes whether variables are vectors; by default where values are
 */
export function accumulate(
  scope: WgslValues,
  folds: readonly Expression[],
  inLanes: boolean = scope.inLanes,
): Accumulator[] {
  const values = new Scope(scope, inLanes);
  return groupsOf(folds).map(({ kind, folds }) => {
    const item = itemOf(kind, folds[0]);
    switch (kind) {
      case "pick":
        return accumulatePick(values, folds[0], item);
      case "sum":
        return accumulateSum(values, folds[0], item);
      case "rank":
        return accumulateRank(values, folds, item);
      case "placed":
        return accumulatePlaced(values, folds, item);
    }
  });
}

/** Where variables are declared. */
class Scope {
  constructor(readonly values: WgslValues, readonly inLanes: boolean) {}

  get text(): WgslText {
    return this.values.text;
  }

  newName(word: string): string {
    return this.values.newName(word);
  }

  define(x: Expression, name: string): void {
    this.values.define(x, name);
  }

  laneWord(x: Expression): string {
    return this.values.laneWord(x);
  }

  position(): string {
    return this.values.position();
  }

  /** A call of a function of the text, of lanes where there are any. */
  call(name: string, parameters: string): string {
    return `${name}${this.inLanes ? OF_VECTORS : ""}(${parameters})`;
  }
}

/** Declares a variable that holds a number, or one for each lane. */
function declare(
  values: Scope,
  { name, type }: { name: string; type: ScalarType },
  start: string,
): void {
  const first = values.inLanes ? splat(type, start) : start;
  values.text.line(`var ${name} = ${first};`);
}

function accumulateSum(
  values: Scope,
  fold: Expression,
  item: FoldItem,
): Accumulator {
  const { text } = values;
  const name = values.newName("sum");
  const type = fold.type === "i32" ? "i32" : "f32";
  declare(values, { name, type }, type === "i32" ? "0" : "0.0");
  values.define(fold, name);
  return {
    ...item,
    variables: [{ name, type }],
    update: (item, inside) =>
      text.line(
        inside === undefined
          ? `${name} += ${item};`
          : `${name} += select(${vectorOf(type)}(), ${item}, ${inside});`,
      ),
    merge: (other) => text.line(`${name} += ${other(name)};`),
    finish() {},
  };
}

/**
 * An extreme alone is that of integers that are in the order of the numbers,
 * NaN beyond all: one instruction for each element, in any order.
 */
function accumulateRank(
  values: Scope,
  folds: readonly Expression[],
  item: FoldItem,
): Accumulator {
  const { text } = values;
  const isMax = isMaximum(folds[0]);
  const [beats, start] = isMax ? ["max", LOWEST_RANK] : ["min", HIGHEST_RANK];
  const found = values.newName(beats);
  const name = `${found}_rank`;
  declare(values, { name, type: "i32" }, start);
  return {
    ...item,
    variables: [{ name, type: "i32" }],
    update(item, inside) {
      const rank = inside === undefined
        ? item
        : `select(${splat("i32", start)}, ${item}, ${inside})`;
      text.line(`${name} = ${beats}(${name}, ${rank});`);
    },
    merge: (other) => text.line(`${name} = ${beats}(${name}, ${other(name)});`),
    finish() {
      text.let(found, values.call("of_rank", name));
      for (const fold of folds) values.define(fold, found);
    },
  };
}

/** The rank of −∞, as `rank_of` gives it. */
const LOWEST_RANK = "-2139095041";
/** The rank of ∞, as `rank_below` gives it. */
const HIGHEST_RANK = "2139095040";

/** Declares the greatest or the smallest so far, and where it stands. */
function accumulatePlaced(
  values: Scope,
  folds: readonly Expression[],
  item: FoldItem,
): Accumulator {
  const { text } = values;
  const isMax = isMaximum(folds[0]);
  const best = values.newName(isMax ? "max" : "min");
  const at = `${best}_at`;
  declare(
    values,
    { name: best, type: "f32" },
    `${isMax ? "-" : ""}call.infinity`,
  );
  declare(values, { name: at, type: "i32" }, "-1");
  for (const fold of folds) {
    values.define(fold, fold.type === "i32" ? at : best);
  }
  const replace = (wins: string, value: string, position: string) => {
    if (values.inLanes) {
      const condition = values.newName("wins");
      text.let(condition, wins);
      text.line(`${best} = select(${best}, ${value}, ${condition});`);
      text.line(`${at} = select(${at}, ${position}, ${condition});`);
    } else {
      text.block(`if (${wins})`, () => {
        text.line(`${best} = ${value};`);
        text.line(`${at} = ${position};`);
      });
    }
  };
  return {
    ...item,
    variables: [{ name: best, type: "f32" }, { name: at, type: "i32" }],
    update(item, inside) {
      const beats = isMax ? "is_greater" : "is_smaller";
      const greater = values.call(beats, `${item}, ${best}`);
      const position = values.position();
      if (!values.inLanes) {
        replace(`${at} < 0 || ${greater}`, item, position);
        return;
      }
      const wins = `(${at} < ${splat("i32", "0")}) | ${greater}`;
      replace(inside ? `${inside} & (${wins})` : wins, item, position);
    },
    merge(other) {
      const wins = isMax ? "wins_maximum" : "wins_minimum";
      const all = [other(best), other(at), best, at].join(", ");
      replace(values.call(wins, all), other(best), other(at));
    },
    finish() {},
  };
}

/** Declares what a fold is gathered in that picks by a running sum. */
function accumulatePick(
  values: Scope,
  fold: Expression,
  item: FoldItem,
): Accumulator {
  const { text } = values;
  const [, threshold] = fold.operands;
  const picked = values.newName("pick");
  const running = `${picked}_sum`;
  const above = values.laneWord(threshold);
  declare(values, { name: picked, type: "i32" }, "-1");
  declare(values, { name: running, type: "u32" }, "0u");
  values.define(fold, picked);
  const unsigned = values.inLanes ? vectorOf("u32") : "u32";
  return {
    ...item,
    variables: [],
    update(item, inside) {
      const position = values.position();
      if (!values.inLanes) {
        text.line(`${running} += ${item};`);
        text.block(`if (${picked} < 0 && ${running} > u32(${above}))`, () => {
          text.line(`${picked} = ${position};`);
        });
        return;
      }
      const added = inside
        ? `select(${vectorOf("u32")}(), ${item}, ${inside})`
        : item;
      text.line(`${running} += ${added};`);
      const condition = values.newName("picks");
      const isFirst = `(${picked} < ${
        splat("i32", "0")
      }) & (${running} > ${unsigned}(${above}))`;
      text.let(condition, inside ? `${inside} & ${isFirst}` : isFirst);
      text.line(`${picked} = select(${picked}, ${position}, ${condition});`);
    },
    merge() {
      throw new TypeError(
        "Cannot merge what was picked by running sums of parts: the sum of all elements before is needed",
      );
    },
    finish() {},
  };
}
