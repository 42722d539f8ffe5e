import { foldPasses, type Program, type ProgramOutput } from "./program.ts";
import { topological } from "./traverse.ts";
import { usualCase } from "./usual_case.ts";
import { emitCases, formulasOf, type WgslResult } from "./wgsl_cases.ts";
import { steps, vectorOfCells } from "./wgsl_cells.ts";
import { accumulate, type Accumulator } from "./wgsl_folds.ts";
import {
  type Block,
  cellsAt,
  isUnit,
  itemsOf,
  loadElements,
  range,
  startOf,
  type Taps,
  tapsOf,
  unrolledAxis,
} from "./wgsl_lane_block.ts";
import type { LaneSchedule } from "./wgsl_lanes.ts";
import { type WgslBody, writeName } from "./wgsl_module.ts";
import {
  defineGroup,
  indexInPlane,
  planeBase,
  splitIndex,
} from "./wgsl_place.ts";
import { defineCounts, defineRange, defineStart } from "./wgsl_ranges.ts";
import { definePlace, defineTap, eachTap } from "./wgsl_taps.ts";
import { operationsOf } from "./wgsl_operations.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";
import { isOfElement } from "./wgsl_window_values.ts";
import { COMPONENTS, LANES, multiples, splat } from "./wgsl_vector.ts";

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
  const usual = usualCase(program);
  const others = usual ? formulasOf(usual) : [];
  const values = WgslValues.of(program, plan, text, others);
  const lane = plan.axes.findIndex(({ letter }) => letter === schedule.letter);
  const looped = plan.axes.slice(0, lane);
  const unrolled = plan.axes.slice(lane).map(unrolledAxis);
  const windows = { text, program, plan, schedule, values, looped, unrolled };
  const leaves = topological(program.outputs.map(({ value }) => value))
    .filter(({ operation }) => operation === "element");

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

  const once = looped.some(({ kind }) => kind !== "unit")
    ? undefined
    : (defineLoopedPlace(), loadElements(windows));
  emitCases(text, { program, usual, values }, {
    fold: foldWindows,
    write: writeResults,
  });
  return { constants: values.constants };

  function foldWindows(
    scope: WgslValues,
    formulas: readonly ProgramOutput[],
  ): void {
    for (const folds of foldPasses(formulas)) {
      scope.hoist(folds.flatMap(({ operands }) => operands), "window");
      const accumulators = accumulate(scope, folds);
      const foldAll = (block: Block) => foldBlock(scope, accumulators, block);
      if (once) foldAll(once);
      else {
        eachTap(text, looped, () => {
          defineLoopedPlace();
          foldAll(loadElements(windows));
        });
      }
      for (const accumulator of accumulators) accumulator.finish();
    }
  }

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

  /** Folds the elements that were read, tap by tap. */
  function foldBlock(
    scope: WgslValues,
    accumulators: readonly Accumulator[],
    block: Block,
  ): void {
    const pure = new Map(
      accumulators.filter(({ body }) => isOfElement(body)).map((one) =>
        [one, itemsOf({ ...windows, values: scope }, one, block)] as const
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
        const inner = scope.inner();
        const cells = block.get(taps.slice(1).join())!;
        const at = cellsAt(windows, taps[0]);
        if (accumulators.some((one) => !pure.has(one))) {
          for (const leaf of leaves) {
            const read = vectorOfCells("f32", cells.get(leaf.name)!, at);
            const word = values.newName(`own_${leaf.name}`);
            text.let(word, read);
            inner.define(leaf, word);
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

  function writeResults(all: readonly WgslResult[]): void {
    if (schedule.outputs === LANES) {
      for (const { name, text: result } of all) {
        text.line(`${writeName(name)}[window / 4] = ${result};`);
      }
      return;
    }
    const results = all.map(({ name, text: result }) => {
      if (/^\w+$/.test(result)) return { to: writeName(name), result };
      const word = values.newName("result");
      text.let(word, result);
      return { to: writeName(name), result: word };
    });
    const { letter, outputStep } = schedule;
    for (const i of range(LANES)) {
      const write = () => {
        for (const { to, result } of results) {
          const index = sum("window", steps(i, outputStep));
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
