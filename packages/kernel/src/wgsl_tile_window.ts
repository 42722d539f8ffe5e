import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { foldItems } from "./wgsl_fold_items.ts";
import { accumulate } from "./wgsl_folds.ts";
import { readName, type WgslBody, writeName } from "./wgsl_module.ts";
import { operationsOf } from "./wgsl_operations.ts";
import {
  indexInMemory,
  indexInPlane,
  planeBase,
  splitTile,
} from "./wgsl_place.ts";
import { defineCounts, defineRange, defineStart } from "./wgsl_ranges.ts";
import { definePlace, defineTap, eachCell, eachTap } from "./wgsl_taps.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import { strideOf } from "./wgsl_lanes.ts";
import { rowFoldsOf, type TileSchedule } from "./wgsl_tile.ts";
import { difference, product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";
import { type ScalarType, vectorOf } from "./wgsl_vector.ts";

/**
 * What the workgroup of a window program does that has a tile of windows: it
 * reads their elements once. Folds that depend on elements alone go over rows
 * first, and then over columns of what rows gave: a window of k × k takes 2 k
 * steps. All others read the tile.
 */
export function emitTileWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const schedule = plan.schedule as TileSchedule;
  const [rows, columns] = schedule.operands;
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  const workgroup: Record<string, string> = {};
  const across = plan.axes.at(-1)!;
  const down = plan.axes.at(-2);
  const passes = foldPasses(program.outputs);
  const { byRow: rowFolds, isTiled } = rowFoldsOf(program);
  const leaves = topological(program.outputs.map(({ value }) => value))
    .filter(({ operation }) => operation === "element");

  splitTile(text, plan, schedule.results);
  text.let("base", planeBase(plan, "item", "input"));
  for (const axis of plan.axes) {
    const { letter } = axis;
    const first = product(`tile_${letter}`, `${strideOf(axis)}`);
    const before = axis.kind === "slide" ? axis.before : 0;
    text.let(`corner_${letter}`, difference(first, `${before}`));
  }
  values.hoist(rowFolds.flatMap(({ operands }) => operands), "uniform");

  const items = readTile();
  text.line("workgroupBarrier();");
  if (items.length > 0) {
    foldRows(items);
    text.line("workgroupBarrier();");
  }
  eachCell(
    text,
    { cells: schedule.results, name: "result" },
    () => foldWindow(),
  );
  return { constants: values.constants, workgroup };

  function declare(name: string, type: ScalarType, cells: number): string {
    const element = schedule.vectors === "results" ? vectorOf(type) : type;
    workgroup[name] = `array<${element}, ${cells}>`;
    return name;
  }

  /**
   * Reads the elements, and keeps what folds take of them.
   *
   * @returns the memory of what each fold takes
   */
  function readTile(): string[] {
    const kept: string[] = [];
    eachCell(text, { cells: [rows, columns], name: "cell" }, () => {
      for (const axis of plan.axes) {
        const { letter } = axis;
        text.let(
          letter,
          `corner_${letter} + ${axis === across ? "column" : "row"}`,
        );
      }
      const inside = plan.axes.map(({ letter }) =>
        `${letter} >= 0 && ${letter} < call.input_${letter}`
      );
      text.block(`if (${inside.join(" && ")})`, () => {
        const at = plan.axes.map(({ letter }) => letter);
        const position = indexInPlane(plan, "input", at);
        text.let("offset", indexInMemory(plan, "base", position));
        const inner = values.inner();
        for (const leaf of leaves) {
          const word = values.newName(leaf.name);
          text.let(word, `${readName(leaf.name)}[offset]`);
          inner.define(leaf, word);
          if (isTiled) {
            const tile = declare(
              `cells_of_${leaf.name}`,
              "f32",
              rows * columns,
            );
            text.line(`${tile}[cell] = ${word};`);
          }
        }
        for (const { itemType, item } of foldItems(rowFolds)) {
          const name = values.newName("items");
          declare(name, itemType, rows * columns);
          text.line(`${name}[cell] = ${item(inner)};`);
          kept.push(name);
        }
      });
    });
    return kept;
  }

  /** Folds each row of each window. */
  function foldRows(items: readonly string[]): void {
    eachCell(
      text,
      { cells: [rows, schedule.results[1]], name: "strip" },
      () => {
        const { letter } = across;
        text.let(`at_${letter}`, `tile_${letter} + column`);
        defineStart(text, plan, across);
        defineRange(text, plan, across);
        const accumulators = accumulate(values.inner(), rowFolds);
        eachTap(text, [across], () => {
          const step = product("column", `${strideOf(across)}`);
          text.let("cell", sum(`row * ${columns}`, step, tapOf(across)));
          if (operations.has("argmax") || operations.has("argmin")) {
            const place = plan.axes.map((axis) =>
              axis === across
                ? sum(startOf(axis), tapOf(axis))
                : `(corner_${axis.letter} + row)`
            );
            text.let("position", indexInPlane(plan, "input", place));
          }
          for (const [i, accumulator] of accumulators.entries()) {
            const item = values.newName("item");
            text.let(item, `${items[i]}[cell]`);
            accumulator.update(item);
          }
        });
        for (const [i, accumulator] of accumulators.entries()) {
          for (const [v, { name, type }] of accumulator.variables.entries()) {
            const cells = rows * schedule.results[1];
            const strip = declare(stripOf(i, v), type, cells);
            text.line(`${strip}[strip] = ${name};`);
          }
        }
      },
    );
  }

  function foldWindow(): void {
    for (const axis of plan.axes) {
      const { letter } = axis;
      const inTile = axis === across ? "column" : "row";
      text.let(`at_${letter}`, `tile_${letter} + ${inTile}`);
    }
    const outside = plan.axes.map(({ letter }) =>
      `at_${letter} >= call.output_${letter}`
    );
    text.block(`if (${outside.join(" || ")})`, () => text.line("continue;"));
    const at = plan.axes.map(({ letter }) => `at_${letter}`);
    const inPlane = indexInPlane(plan, "output", at);
    text.let("window_base", planeBase(plan, "item", "output"));
    text.let("window", indexInMemory(plan, "window_base", inPlane));
    definePlace(text, plan, { item: "item", operations });
    for (const axis of plan.axes) {
      defineStart(text, plan, axis);
      defineRange(text, plan, axis);
    }
    defineCounts(text, plan, operations);
    const inner = values.inner();
    for (const [pass, folds] of passes.entries()) {
      inner.hoist(folds.flatMap(({ operands }) => operands), "window");
      if (pass === 0 && rowFolds.length > 0) mergeRows(inner);
      const others = folds.filter((fold) => !rowFolds.includes(fold));
      if (others.length > 0) foldElements(inner, others);
    }
    for (const { name, value } of program.outputs) {
      text.line(`${writeName(name)}[window] = ${inner.lanes(value)};`);
    }
  }

  /** Folds what the rows of a window gave, from the first to the last. */
  function mergeRows(inner: WgslValues): void {
    const accumulators = accumulate(inner, rowFolds);
    eachTap(text, down ? [down] : [], () => {
      const row = down
        ? sum(product("row", `${strideOf(down)}`), tapOf(down))
        : "0";
      const cells = product(
        row.includes(" ") ? `(${row})` : row,
        `${schedule.results[1]}`,
      );
      text.let("strip", down ? `${cells} + column` : "column");
      for (const [i, accumulator] of accumulators.entries()) {
        const kept = new Map(
          accumulator.variables.map(({ name }, v) => [name, stripOf(i, v)]),
        );
        accumulator.merge((name) => `${kept.get(name)}[strip]`);
      }
    });
    for (const accumulator of accumulators) accumulator.finish();
  }

  /** Folds elements that lie in the tile. */
  function foldElements(inner: WgslValues, folds: readonly Expression[]): void {
    const accumulators = accumulate(inner, folds);
    eachTap(text, plan.axes, () => {
      const own = plan.axes.map((axis) =>
        sum(
          product(axis === across ? "column" : "row", `${strideOf(axis)}`),
          tapOf(axis),
        )
      );
      text.let(
        "cell",
        down ? `(${own[0]}) * ${columns} + ${own[1]}` : own[0],
      );
      const place = plan.axes.map((axis) => {
        const coordinate = sum(startOf(axis), tapOf(axis));
        return coordinate.includes(" ") ? `(${coordinate})` : coordinate;
      });
      text.let("position", indexInPlane(plan, "input", place));
      defineTap(text, plan, operations);
      const element = inner.inner();
      for (const leaf of leaves) {
        const word = values.newName(leaf.name);
        text.let(word, `cells_of_${leaf.name}[cell]`);
        element.define(leaf, word);
      }
      for (const accumulator of accumulators) {
        accumulator.update(accumulator.item(element));
      }
    });
    for (const accumulator of accumulators) accumulator.finish();
  }
}

/** The memory of a variable that rows were folded into. */
function stripOf(fold: number, variable: number): string {
  return `strip_${fold}_${variable}`;
}

/** How far an element is from the beginning of its window along an axis. */
function tapOf(axis: WgslAxis): string {
  if (axis.kind === "unit") return "0";
  return product(`tap_${axis.letter}`, `${axis.dilation}`);
}

function startOf(axis: WgslAxis): string {
  return `${axis.kind === "unit" ? "at" : "start"}_${axis.letter}`;
}
