import type { Expression } from "./expression.ts";
import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { type Cells, loadCells, steps, vectorOfCells } from "./wgsl_cells.ts";
import { defineCovering, eachItem, eachWindow } from "./wgsl_covering.ts";
import { type LaneSchedule, strideOf } from "./wgsl_lanes.ts";
import { readName, type WgslBody, writeName } from "./wgsl_module.ts";
import {
  defineGroup,
  indexInPlane,
  planeBase,
  splitIndex,
} from "./wgsl_place.ts";
import { defineCounts, defineRange } from "./wgsl_ranges.ts";
import { definePlace, defineTap } from "./wgsl_taps.ts";
import { operationsOf } from "./wgsl_operations.ts";
import type { WgslAxis, WgslPlan } from "./wgsl_plan.ts";
import { difference, product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";
import { COMPONENTS, LANES, splat, vector, vectorOf } from "./wgsl_vector.ts";

/** The window that each lane adds in one step; undefined where it has none left. */
interface Term {
  /** Windows behind the first that any lane of a vector may need. */
  readonly windows: readonly (number | undefined)[];
  /** The positions of the lanes' elements in them. */
  readonly taps: readonly number[];
}

/**
 * What an invocation of a gather program does that has four elements next to
 * each other along an axis. Since the stride divides four, each lane knows
 * which windows hold its element, as the text is made: window by window, in
 * their order, lanes pick what was read once for all of them.
 */
export function emitLanesGather(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const schedule = plan.schedule as LaneSchedule;
  const [{ name, value }] = program.outputs;
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  const laneAt = plan.axes.findIndex(({ letter }) =>
    letter === schedule.letter
  );
  const lane = plan.axes[laneAt];
  const { letter } = lane;
  const isMoving = ({ kind }: WgslAxis) => kind !== "unit";
  const before = plan.axes.slice(0, laneAt).filter(isMoving);
  const after = plan.axes.slice(laneAt + 1).filter(isMoving);
  const terms = termsOf(lane);
  const windowLeaves = leavesOf(["perWindow", "perWindowIndex"]);

  text.let("number", "i32(invocation)");
  splitIndex(text, plan, { index: "number", side: "input", prefix: "" });
  const at = plan.axes.map(({ letter }) => letter);
  text.let("first", indexInPlane(plan, "input", at));
  text.let("offset", sum(planeBase(plan, "item", "input"), "first"));
  if (operations.has("position")) {
    const lanes = product(lanesText(), schedule.inputStep);
    text.let("position", sum("first", lanes));
  }
  for (const leaf of leavesOf(["element"])) loadElement(leaf);
  values.hoist([value], "uniform");
  text.line(`var total = ${vectorOf("f32")}();`);
  eachItem(text, plan, () => {
    const item = plan.sources ? "reader" : "item";
    defineGroup(text, plan, item);
    text.let("base", planeBase(plan, item, "output"));
    for (const axis of [...before, ...after]) defineCovering(text, plan, axis);
    for (const axis of plan.axes) {
      if (axis !== lane && !isMoving(axis)) {
        text.let(`at_${axis.letter}`, axis.letter);
      }
    }
    text.let("nearest", product("vector", `${LANES / strideOf(lane)}`));
    eachWindow(text, plan, before, () => {
      const all = after.length === 0
        ? loadWindows(terms.flatMap(({ windows }) => windows))
        : undefined;
      for (const term of terms) {
        text.block("", () => {
          defineLane(term);
          eachWindow(text, plan, after, () => {
            addTerm(term, item, all ?? loadWindows(term.windows));
          });
        });
      }
    });
  });
  writeResult();
  return { constants: values.constants };

  function leavesOf(kinds: readonly Expression["operation"][]): Expression[] {
    return topological([value]).filter(({ operation }) =>
      kinds.includes(operation)
    );
  }

  function loadElement(leaf: Expression): void {
    const from = (index: string) => `${readName(leaf.name)}[${index}]`;
    const word = values.newName(leaf.name);
    const loads = [0, 1, 2, 3].map((lane) =>
      from(sum("offset", steps(lane, schedule.inputStep)))
    );
    text.let(
      word,
      schedule.inputs === LANES ? from("offset / 4") : vector("f32", loads),
    );
    values.define(leaf, word);
  }

  /** Names the lanes' windows along the axis, and the elements' places in them. */
  function defineLane({ windows, taps }: Term): void {
    const known = windows.find((window) => window !== undefined)!;
    const offsets = windows.map((window) => `${window ?? known}`);
    text.let(`at_${letter}`, `nearest + ${vector("i32", offsets)}`);
    if (lane.kind === "unit") return;
    const { stride, before } = lane as WgslAxis & { kind: "slide" };
    const first = product(`at_${letter}`, `${stride}`);
    text.let(`starts_${letter}`, difference(first, `${before}`));
    text.let(`tap_${letter}`, vector("i32", taps.map(String)));
  }

  /** Reads what is known of windows, once each. */
  function loadWindows(
    windows: readonly (number | undefined)[],
  ): Map<string, Cells> {
    const wanted = [...new Set(windows.filter((one) => one !== undefined))]
      .sort((a, b) => a - b);
    const cells = new Map<string, Cells>();
    for (const { name, type } of windowLeaves) {
      const coordinates = plan.axes.map((axis) =>
        axis !== lane
          ? `at_${axis.letter}`
          : schedule.outputs === 1
          ? "nearest"
          : "0"
      );
      const place = sum("base", indexInPlane(plan, "output", coordinates))
        .replace(/ \+ 0$/, "");
      // A vector of windows for each vector of elements.
      const start = schedule.outputs === 1
        ? place
        : `${
          place.includes(" ") ? `(${place})` : place
        } / ${schedule.outputs} + vector`;
      cells.set(
        name,
        loadCells(text, {
          from: readName(name),
          type: type as "f32" | "i32",
          width: schedule.outputs,
          start,
          shift: 0,
          step: schedule.outputStep,
        }, { wanted, name: () => values.newName(name) }),
      );
    }
    return cells;
  }

  function addTerm(
    { windows }: Term,
    item: string,
    cells: ReadonlyMap<string, Cells>,
  ): void {
    if (operations.has("count") || operations.has("paddedCount")) {
      for (const axis of plan.axes) defineRange(text, plan, axis);
      defineCounts(text, plan, operations);
    }
    definePlace(text, plan, { item, operations, inGather: true });
    defineTap(text, plan, operations);
    const known = windows.find((window) => window !== undefined)!;
    const inner = values.inner();
    for (const leaf of windowLeaves) {
      const places = windows.map((window) => window ?? known);
      const type = leaf.type as "f32" | "i32";
      const read = vectorOfCells(type, cells.get(leaf.name)!, places);
      const word = values.newName("its");
      text.let(word, read);
      inner.define(leaf, word);
    }
    const conditions = [
      `(at_${letter} < ${splat("i32", `call.output_${letter}`)})`,
    ];
    if (windows.some((window) => (window ?? 0) < 0)) {
      conditions.unshift(`(at_${letter} >= ${splat("i32", "0")})`);
    }
    if (windows.includes(undefined)) {
      const some = windows.map((window) => String(window !== undefined));
      conditions.push(vector("bool", some));
    }
    const added = inner.lanes(value);
    const all = conditions.join(" & ");
    text.line(`total += select(${vectorOf("f32")}(), ${added}, ${all});`);
  }

  function writeResult(): void {
    const to = writeName(name);
    if (schedule.inputs === LANES) {
      text.line(`${to}[offset / 4] = total;`);
      return;
    }
    for (let i = 0; i < LANES; i++) {
      const at = sum("offset", steps(i, schedule.inputStep));
      const line = `${to}[${at}] = total.${COMPONENTS[i]};`;
      if (i === 0) text.line(line);
      else {
        const inside = `${letter} + ${i} < call.input_${letter}`;
        text.block(`if (${inside})`, () => text.line(line));
      }
    }
  }
}

function lanesText(): string {
  return vector("i32", ["0", "1", "2", "3"]);
}

/** For each step, the windows that the lanes add, in the order of windows. */
function termsOf(axis: WgslAxis): Term[] {
  const { size, stride, before, dilation } = axis.kind === "slide"
    ? axis
    : { size: 1, stride: 1, before: 0, dilation: 1 };
  const lanes = [0, 1, 2, 3].map((lane) => {
    const found: { window: number; tap: number }[] = [];
    for (let tap = size - 1; tap >= 0; tap--) {
      const start = lane + before - tap * dilation;
      if (start % stride === 0) found.push({ window: start / stride, tap });
    }
    return found;
  });
  const steps = Math.max(...lanes.map((found) => found.length));
  return Array.from({ length: steps }, (_, step) => ({
    windows: lanes.map((found) => found[step]?.window),
    taps: lanes.map((found) => found[step]?.tap ?? 0),
  }));
}
