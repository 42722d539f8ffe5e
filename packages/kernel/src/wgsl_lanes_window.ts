import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { type Cells, loadCells, vectorOfCells } from "./wgsl_cells.ts";
import { accumulate, type Accumulator } from "./wgsl_folds.ts";
import { type LaneSchedule, strideOf } from "./wgsl_lanes.ts";
import { readName, type WgslBody, writeName } from "./wgsl_module.ts";
import {
  defineCounts,
  defineGroup,
  definePlace,
  defineRange,
  defineStart,
  defineTap,
  eachTap,
  indexInPlane,
  planeBase,
  splitIndex,
} from "./wgsl_place.ts";
import { operationsOf } from "./wgsl_operations.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import { product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";
import { isOfElement } from "./wgsl_window_values.ts";
import { COMPONENTS, LANES, multiples, splat } from "./wgsl_vector.ts";

/** A position in a window: its taps along the axes that are unrolled. */
type Taps = readonly number[];

/** An axis whose taps are unrolled. */
interface UnrolledAxis {
  readonly letter: string;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/**
 * What an invocation of a window program does that has four windows next to
 * each other along an axis: what they read is read once, and their results are
 * the lanes of vectors. Taps along that axis, and along axes behind it, are
 * unrolled, so that lanes pick their elements without any computation. Each
 * lane folds its window in the order of the elements, as if it were alone.
 */
export function emitLanesWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const schedule = plan.schedule as LaneSchedule;
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  const lane = plan.axes.findIndex(({ letter }) => letter === schedule.letter);
  const looped = plan.axes.slice(0, lane);
  const unrolled = plan.axes.slice(lane).map(unrolledAxis);

  text.let("number", "i32(invocation)");
  splitIndex(text, plan, { index: "number", side: "output", prefix: "at_" });
  if (plan.sources) text.let("source", "tables[call.sources + item]");
  text.let("base", planeBase(plan, plan.sources ? "source" : "item", "input"));
  const at = plan.axes.map(({ letter }) => `at_${letter}`);
  const inPlane = indexInPlane(plan, "output", at);
  text.let("window", `${planeBase(plan, "item", "output")} + ${inPlane}`);
  definePlace(text, plan, { item: "item", operations });
  defineGroup(text, plan, "item");
  for (const axis of plan.axes) defineStart(text, plan, axis);
  defineLaneStarts();
  for (const axis of looped) defineRange(text, plan, axis);
  if (operations.has("count") || operations.has("paddedCount")) {
    for (const axis of plan.axes.slice(lane)) defineRange(text, plan, axis);
    defineCounts(text, plan, operations);
  }

  const elements = program.tensors.filter(({ role }) => role === "element");
  const once = looped.some(({ kind }) => kind !== "unit")
    ? undefined
    : (defineLoopedPlace(), loadElements());
  for (const folds of foldPasses(program.outputs)) {
    values.hoist(folds.flatMap(({ operands }) => operands), "window");
    const accumulators = accumulate(values, folds);
    const foldAll = (block: Block) => foldBlock(accumulators, block);
    if (once) foldAll(once);
    else {
      eachTap(text, looped, () => {
        defineLoopedPlace();
        foldAll(loadElements());
      });
    }
    for (const accumulator of accumulators) accumulator.finish();
  }
  writeResults();
  return { constants: values.constants };

  function defineLaneStarts(): void {
    const { letter, stride } = unrolled[0];
    const steps = multiples("i32", stride);
    const start = isUnit(plan.axes[lane]) ? `at_${letter}` : `start_${letter}`;
    text.let(`starts_${letter}`, `${start} + ${steps}`);
  }

  /** Names the coordinates of the element that the loops have come to. */
  function defineLoopedPlace(): void {
    for (const axis of looped) {
      const { letter } = axis;
      if (axis.kind === "unit") text.let(letter, `at_${letter}`);
      else {
        const steps = product(`tap_${letter}`, `${axis.dilation}`);
        text.let(letter, sum(`start_${letter}`, steps));
      }
    }
  }

  /** Reads all that the lanes need, for these taps of the loops. */
  function loadElements(): Block {
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
          ...placeOf(taps),
        } as const;
        const wantedHere = { wanted, name: () => values.newName(name) };
        cells.set(name, loadCells(text, source, wantedHere));
      }
      block.set(taps.join(), cells);
    }
    return block;
  }

  /** Where the numbers of a run along the lanes' axis begin. */
  function placeOf(taps: Taps) {
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

  function startOf(axis: WgslAxis): string {
    return isUnit(axis) ? `at_${axis.letter}` : `start_${axis.letter}`;
  }

  /** Folds the elements that were read, tap by tap. */
  function foldBlock(
    accumulators: readonly Accumulator[],
    block: Block,
  ): void {
    const pure = new Map(
      accumulators.filter(({ body }) => isOfElement(body)).map((one) =>
        [one, itemsOf(one, block)] as const
      ),
    );
    for (const taps of tapsOf(unrolled)) {
      text.block("", () => {
        const inside = defineInside(taps);
        definePosition(taps);
        for (const [i, { letter }] of unrolled.entries()) {
          if (usesTaps()) text.let(`tap_${letter}`, `${taps[i]}`);
        }
        defineTap(text, plan, operations);
        const inner = values.inner();
        const cells = block.get(taps.slice(1).join())!;
        const at = cellsAt(taps[0]);
        if (accumulators.some((one) => !pure.has(one))) {
          for (const leaf of elementLeaves()) {
            inner.define(
              leaf,
              vectorOfCells("f32", cells.get(leaf.name)!, at),
            );
          }
        }
        for (const accumulator of accumulators) {
          const items = pure.get(accumulator);
          const item = items
            ? vectorOfCells(
              items.type,
              items.cells.get(taps.slice(1).join())!,
              at,
            )
            : accumulator.item(inner);
          accumulator.update(item, inside);
        }
      });
    }
  }

  function usesTaps(): boolean {
    return ["tapIndex", "tap", "elementRandom"].some((operation) =>
      operations.has(operation as "tap")
    );
  }

  function cellsAt(tap: number): number[] {
    const { stride, dilation } = unrolled[0];
    return range(LANES).map((lane) => lane * stride + tap * dilation);
  }

  function elementLeaves(): Expression[] {
    return topological(program.outputs.map(({ value }) => value))
      .filter(({ operation }) => operation === "element");
  }

  /**
   * What a fold takes of each number that was read, where that depends on the
   * element alone: once for all lanes that have the element in their windows.
   */
  function itemsOf(accumulator: Accumulator, block: Block): Items {
    const { body } = accumulator;
    const leaves = topological([body]).filter(({ operation }) =>
      operation === "element"
    );
    const type = accumulator.itemType;
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
          const item = accumulator.item(inner);
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

  /** Names which lanes have these taps inside the input, if not all have. */
  function defineInside(taps: Taps): string | undefined {
    const conditions: string[] = [];
    for (const [i, axis] of unrolled.entries()) {
      const { letter, dilation, before, size } = axis;
      const isLane = i === 0;
      const over = schedule.overhang[letter as "w"];
      const start = `${isLane ? "starts" : "start"}_${letter}`;
      const place = sum(start, `${taps[i] * dilation}`);
      const compare = (sign: string, bound: string) => {
        const test = `${place} ${sign} ${isLane ? splat("i32", bound) : bound}`;
        conditions.push(isLane ? `(${test})` : splat("bool", test));
      };
      if (taps[i] * dilation < before) compare(">=", "0");
      if ((size - 1 - taps[i]) * dilation < over) {
        compare("<", `call.input_${letter}`);
      }
    }
    if (conditions.length === 0) return undefined;
    text.let("inside", conditions.join(" & "));
    return "inside";
  }

  function definePosition(taps: Taps): void {
    const uses = ["argmax", "argmin", "position", "pick"].some((operation) =>
      operations.has(operation as "position")
    );
    if (!uses) return;
    const coordinates = plan.axes.map((axis, a) => {
      if (a < lane) return axis.letter;
      const { dilation } = unrolled[a - lane];
      const start = a === lane ? `starts_${axis.letter}` : startOf(axis);
      return sum(start, `${taps[a - lane] * dilation}`);
    }).map((coordinate) =>
      coordinate.includes(" ") ? `(${coordinate})` : coordinate
    );
    text.let("position", indexInPlane(plan, "input", coordinates));
  }

  function writeResults(): void {
    const results = program.outputs.map(({ name, value }) => ({
      to: writeName(name),
      result: schedule.outputs === LANES
        ? values.lanes(value)
        : values.laneWord(value),
    }));
    if (schedule.outputs === LANES) {
      for (const { to, result } of results) {
        text.line(`${to}[window / 4] = ${result};`);
      }
      return;
    }
    const { letter, outputStep } = schedule;
    for (const i of range(LANES)) {
      const write = () => {
        for (const { to, result } of results) {
          const index = sum(
            "window",
            i === 0 ? "0" : product(`${i}`, outputStep),
          );
          text.line(`${to}[${index}] = ${result}.${COMPONENTS[i]};`);
        }
      };
      if (i === 0) write();
      else {
        text.block(`if (at_${letter} + ${i} < call.output_${letter})`, write);
      }
    }
  }
}

/** What was read, by the taps of the axes behind the lanes' and by tensor. */
type Block = Map<string, Map<string, Cells>>;

/** What a fold takes of each number, by the same taps. */
interface Items {
  readonly type: "f32" | "i32" | "u32";
  readonly cells: ReadonlyMap<string, Cells>;
}

function unrolledAxis(axis: WgslAxis): UnrolledAxis {
  const { letter } = axis;
  const stride = strideOf(axis);
  if (axis.kind !== "slide") {
    return { letter, size: 1, stride, dilation: 1, before: 0 };
  }
  const { size, dilation, before } = axis;
  return { letter, size, stride, dilation, before };
}

function isUnit(axis: WgslAxis): axis is WgslAxis & { kind: "unit" } {
  return axis.kind === "unit";
}

/** All combinations of taps of some axes, in the order of the elements. */
function tapsOf(axes: readonly UnrolledAxis[]): Taps[] {
  return axes.reduce<Taps[]>(
    (all, { size }) =>
      all.flatMap((taps) => range(size).map((tap) => [...taps, tap])),
    [[]],
  );
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
