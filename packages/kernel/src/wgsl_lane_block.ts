import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { type Cells, loadCells } from "./wgsl_cells.ts";
import type { FoldItem } from "./wgsl_fold_items.ts";
import { type LaneSchedule, strideOf } from "./wgsl_lanes.ts";
import { readName } from "./wgsl_module.ts";
import { indexInPlane } from "./wgsl_place.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import { product, sum, type WgslText } from "./wgsl_text.ts";
import type { WgslValues } from "./wgsl_values.ts";
import { LANES } from "./wgsl_vector.ts";

/** A position in a window: its taps along the axes that are unrolled. */
export type Taps = readonly number[];

/** An axis whose taps are unrolled. */
export interface UnrolledAxis {
  readonly letter: string;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** What is known of four windows next to each other. */
export interface LaneWindows {
  readonly text: WgslText;
  readonly program: Program;
  readonly plan: WgslPlan;
  readonly schedule: LaneSchedule;
  readonly values: WgslValues;
  /** The axes in front of that of the lanes. */
  readonly looped: readonly WgslAxis[];
  /** That of the lanes, and those behind it. */
  readonly unrolled: readonly UnrolledAxis[];
}

/** What was read, by the taps of the axes behind the lanes' and by tensor. */
export type Block = Map<string, Map<string, Cells>>;

/** What a fold takes of each number, by the same taps. */
export interface Items {
  readonly type: "f32" | "i32" | "u32";
  readonly cells: ReadonlyMap<string, Cells>;
}

export function unrolledAxis(axis: WgslAxis): UnrolledAxis {
  const { letter } = axis;
  const stride = strideOf(axis);
  if (axis.kind !== "slide") {
    return { letter, size: 1, stride, dilation: 1, before: 0 };
  }
  const { size, dilation, before } = axis;
  return { letter, size, stride, dilation, before };
}

export function isUnit(axis: WgslAxis): axis is WgslAxis & { kind: "unit" } {
  return axis.kind === "unit";
}

/** All combinations of taps of some axes, in the order of the elements. */
export function tapsOf(axes: readonly UnrolledAxis[]): Taps[] {
  return axes.reduce<Taps[]>(
    (all, { size }) =>
      all.flatMap((taps) => range(size).map((tap) => [...taps, tap])),
    [[]],
  );
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

/** Reads all that the lanes need, for these taps of the loops. */
export function loadElements(windows: LaneWindows): Block {
  const { text, program, schedule, values, unrolled } = windows;
  const elements = program.tensors.filter(({ role }) => role === "element");
  const [first, ...after] = unrolled;
  const wanted = [
    ...new Set(
      range(first.size).flatMap((tap) =>
        range(LANES).map((lane) => lane * first.stride + tap * first.dilation)
      ),
    ),
  ].sort((a, b) => a - b);
  const block: Block = new Map();
  for (const taps of tapsOf(after)) {
    const cells = new Map<string, Cells>();
    for (const { name } of elements) {
      const source = {
        from: readName(name),
        type: "f32",
        width: schedule.inputs,
        ...placeOf(windows, taps),
      } as const;
      const wantedHere = { wanted, name: () => values.newName(name) };
      cells.set(name, loadCells(text, source, wantedHere));
    }
    block.set(taps.join(), cells);
  }
  return block;
}

/** Where the numbers of a run along the lanes' axis begin. */
function placeOf(
  { plan, schedule, looped, unrolled }: LaneWindows,
  taps: Taps,
) {
  const lane = looped.length;
  const [first, ...after] = unrolled;
  const coordinates = [
    ...looped.map(({ letter }) => letter),
    schedule.inputs === 1 ? startOf(plan.axes[lane]) : "0",
    ...after.map(({ dilation }, i) =>
      sum(startOf(plan.axes[lane + 1 + i]), `${taps[i] * dilation}`)
    ),
  ];
  const place = sum("base", indexInPlane(plan, "input", coordinates))
    .replace(/ \+ 0$/, "");
  if (schedule.inputs === 1) {
    return { start: place, shift: 0, step: schedule.inputStep };
  }
  // Rows are vectors from their beginning on.
  const vectors = product("vector", `${first.stride}`);
  const start = `(${place}) / 4 + ${vectors}`;
  return { start, shift: -first.before, step: "1" };
}

export function startOf(axis: WgslAxis): string {
  return isUnit(axis) ? `at_${axis.letter}` : `start_${axis.letter}`;
}

/** The numbers of a run that the lanes have at a tap. */
export function cellsAt({ unrolled }: LaneWindows, tap: number): number[] {
  const { stride, dilation } = unrolled[0];
  return range(LANES).map((lane) => lane * stride + tap * dilation);
}

/**
 * What a fold takes of each number that was read, where that depends on the
 * element alone: once for all lanes that have the element in their windows.
 */
export function itemsOf(
  { text, program, values }: LaneWindows,
  fold: FoldItem,
  block: Block,
): Items {
  const elements = program.tensors.filter(({ role }) => role === "element");
  const { body } = fold;
  const leaves = topological([body]).filter(({ operation }) =>
    operation === "element"
  );
  const type = fold.itemType;
  const items = new Map<string, Cells>();
  for (const [taps, cells] of block) {
    const own = new Map<number, string>();
    const known = new Map<string, string>();
    const places = [...cells.get(elements[0].name)!.keys()];
    // Tensors of one shape are read in the same way: their registers match.
    const registerOf = (name: string, at: number) =>
      cells.get(name)!.get(at)!.split(".")[0];
    for (const at of places) {
      const key = registerOf(elements[0].name, at);
      let register = known.get(key);
      if (register === undefined) {
        const inner = values.inner();
        for (const leaf of leaves) {
          inner.define(leaf, registerOf(leaf.name, at));
        }
        const item = fold.item(inner);
        register = /^\w+$/.test(item) ? item : values.newName("item");
        if (register !== item) text.let(register, item);
        known.set(key, register);
      }
      const [, component] = cells.get(elements[0].name)!.get(at)!.split(".");
      own.set(at, `${register}.${component}`);
    }
    items.set(taps, own);
  }
  return { type, cells: items };
}
