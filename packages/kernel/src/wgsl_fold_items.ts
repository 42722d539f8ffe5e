import type { Expression } from "./expression.ts";
import { OF_VECTORS } from "./wgsl_helpers.ts";
import type { WgslValues } from "./wgsl_values.ts";
import { vectorOf } from "./wgsl_vector.ts";

/** What folds take of an element. */
export interface FoldItem {
  /** What is folded. */
  readonly body: Expression;
  readonly itemType: "f32" | "i32" | "u32";
  /** What one element gives, as text, which depends on the body alone. */
  item(inner: WgslValues): string;
}

/** What the same accumulators take of each element. */
export function foldItems(folds: readonly Expression[]): FoldItem[] {
  return groupsOf(folds).map(({ kind, folds: [fold] }) => itemOf(kind, fold));
}

/** How many numbers accumulators of folds hold. */
export function variableCount(folds: readonly Expression[]): number {
  const counts = { sum: 1, rank: 1, placed: 2, pick: 0 };
  return groupsOf(folds).reduce((n, { kind }) => n + counts[kind], 0);
}

/**
 * How folds are accumulated: running sums, ranks of extremes, or extremes with
 * where they stand.
 */
export type FoldKind = "sum" | "pick" | "rank" | "placed";

/** Folds that share variables. */
export interface FoldGroup {
  readonly kind: FoldKind;
  readonly folds: readonly Expression[];
}

export function groupsOf(folds: readonly Expression[]): FoldGroup[] {
  const groups: FoldGroup[] = [];
  const extremes = new Map<string, Expression[]>();
  for (const fold of folds) {
    const { operation } = fold;
    if (operation === "pick") groups.push({ kind: "pick", folds: [fold] });
    else if (operation === "sum" || operation === "indexSum") {
      groups.push({ kind: "sum", folds: [fold] });
    } else {
      const key = `${isMaximum(fold)} of ${fold.operands[0].id}`;
      const same = extremes.get(key) ?? [];
      extremes.set(key, [...same, fold]);
    }
  }
  for (const same of extremes.values()) {
    const isPlaced = same.some(({ type }) => type === "i32");
    groups.push({ kind: isPlaced ? "placed" : "rank", folds: same });
  }
  return groups;
}

export function itemOf(kind: FoldKind, fold: Expression): FoldItem {
  const [body] = fold.operands;
  switch (kind) {
    case "sum":
      return {
        body,
        itemType: fold.type === "i32" ? "i32" : "f32",
        item: (inner) => inner.lanes(body),
      };
    case "pick":
      return {
        body,
        itemType: "u32",
        item: (inner) =>
          `${inner.inLanes ? vectorOf("u32") : "u32"}(${inner.lanes(body)})`,
      };
    case "rank": {
      const rankOf = isMaximum(fold) ? "rank_of" : "rank_below";
      return {
        body,
        itemType: "i32",
        item: (inner) =>
          `${rankOf}${inner.inLanes ? OF_VECTORS : ""}(${inner.lanes(body)})`,
      };
    }
    case "placed":
      return { body, itemType: "f32", item: (inner) => inner.laneWord(body) };
  }
}

/** Whether a fold looks for the greatest. */
export function isMaximum({ operation }: Expression): boolean {
  return operation === "foldMax" || operation === "argmax";
}
