import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { defineCovering, eachWindow } from "./wgsl_covering.ts";
import { strideOf } from "./wgsl_lanes.ts";
import { readName, type WgslBody, writeName } from "./wgsl_module.ts";
import { operationsOf } from "./wgsl_operations.ts";
import {
  indexInMemory,
  indexInPlane,
  planeBase,
  splitTile,
} from "./wgsl_place.ts";
import { defineCounts, defineRange, defineStart } from "./wgsl_ranges.ts";
import { definePlace, defineTap, eachCell } from "./wgsl_taps.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { product, type WgslText } from "./wgsl_text.ts";
import type { TileSchedule } from "./wgsl_tile.ts";
import { WgslValues } from "./wgsl_values.ts";
import { type ScalarType, vectorOf } from "./wgsl_vector.ts";
import { windowValuesOf } from "./wgsl_window_values.ts";

/**
 * What the workgroup of a gather program does that has a tile of elements: it
 * computes what depends on a window alone once for all windows that hold any of
 * them, and then sums over the windows of each element, in their order.
 */
export function emitTileGather(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const schedule = plan.schedule as TileSchedule;
  const [{ name, value }] = program.outputs;
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  const workgroup: Record<string, string> = {};
  const across = plan.axes.at(-1)!;
  const [rows, columns] = schedule.operands;
  const ofWindows = windowValuesOf(value);
  const moving = plan.axes.filter(({ kind }) => kind !== "unit");

  splitTile(text, plan, schedule.results);
  text.let("base", planeBase(plan, "item", "output"));
  for (const axis of plan.axes) defineFirst(axis);
  values.hoist([value], "uniform");
  eachCell(text, { cells: [rows, columns], name: "cell" }, keepWindow);
  text.line("workgroupBarrier();");
  eachCell(text, { cells: schedule.results, name: "result" }, sumWindows);
  return { constants: values.constants, workgroup };

  /** Names the first window along an axis that may hold an element of the tile. */
  function defineFirst(axis: (typeof plan.axes)[number]): void {
    const { letter } = axis;
    if (axis.kind !== "slide") {
      text.let(`corner_${letter}`, `tile_${letter}`);
      return;
    }
    const { size, before, dilation } = axis;
    const stride = strideOf(axis);
    const shift = before - (size - 1) * dilation + stride - 1;
    const place = shift < 0
      ? `(tile_${letter} - ${-shift})`
      : `(tile_${letter} + ${shift})`;
    const over = stride === 1 ? "" : ` / ${stride}`;
    text.let(`corner_${letter}`, `max(0, ${place}${over})`);
  }

  function keepWindow(): void {
    for (const axis of plan.axes) {
      const { letter } = axis;
      const place = axis === across ? "column" : "row";
      text.let(`at_${letter}`, `corner_${letter} + ${place}`);
    }
    const outside = plan.axes.map(({ letter }) =>
      `at_${letter} >= call.output_${letter}`
    );
    text.block(`if (${outside.join(" || ")})`, () => text.line("continue;"));
    const at = plan.axes.map(({ letter }) => `at_${letter}`);
    const inPlane = indexInPlane(plan, "output", at);
    text.let("window", indexInMemory(plan, "base", inPlane));
    definePlace(text, plan, { item: "item", operations });
    for (const axis of plan.axes) {
      defineStart(text, plan, axis);
      defineRange(text, plan, axis);
    }
    defineCounts(text, plan, operations);
    const inner = values.inner();
    for (const [i, x] of ofWindows.entries()) {
      const type = x.type as ScalarType;
      const element = schedule.vectors === "results" ? vectorOf(type) : type;
      workgroup[`tile_${i}`] = `array<${element}, ${rows * columns}>`;
      text.line(`tile_${i}[cell] = ${inner.lanes(x)};`);
    }
  }

  function sumWindows(): void {
    for (const axis of plan.axes) {
      const { letter } = axis;
      const place = axis === across ? "column" : "row";
      text.let(letter, `tile_${letter} + ${place}`);
    }
    const outside = plan.axes.map(({ letter }) =>
      `${letter} >= call.input_${letter}`
    );
    text.block(`if (${outside.join(" || ")})`, () => text.line("continue;"));
    const at = plan.axes.map(({ letter }) => letter);
    text.let("position", indexInPlane(plan, "input", at));
    text.let("input_base", planeBase(plan, "item", "input"));
    text.let("offset", indexInMemory(plan, "input_base", "position"));
    const inner = values.inner();
    const leaves = topological([value])
      .filter(({ operation }) => operation === "element");
    for (const leaf of leaves) {
      const word = values.newName(leaf.name);
      text.let(word, `${readName(leaf.name)}[offset]`);
      inner.define(leaf, word);
    }
    const zero = values.inLanes ? `${vectorOf("f32")}()` : "0.0";
    text.line(`var total = ${zero};`);
    for (const axis of moving) defineCovering(text, plan, axis);
    for (const { kind, letter } of plan.axes) {
      if (kind === "unit") text.let(`at_${letter}`, letter);
    }
    const ofElements = new Set(
      [...operations].filter((operation) => operation === "elementRandom"),
    );
    eachWindow(text, plan, moving, () => {
      definePlace(text, plan, { item: "item", operations: ofElements });
      defineTap(text, plan, operations);
      const cell = plan.axes.map(({ letter }) =>
        `(at_${letter} - corner_${letter})`
      );
      text.let(
        "cell",
        cell.length === 1
          ? cell[0]
          : `${product(cell[0], `${columns}`)} + ${cell[1]}`,
      );
      const own = inner.inner();
      for (const [i, x] of ofWindows.entries()) {
        const word = values.newName("its");
        text.let(word, `tile_${i}[cell]`);
        own.define(x, word);
      }
      text.line(`total += ${own.lanes(value)};`);
    });
    text.line(`${writeName(name)}[offset] = total;`);
  }
}
