import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import {
  accumulate,
  type Accumulator,
  type AccumulatorVariable,
} from "./wgsl_folds.ts";
import { type WgslBody, WORKGROUP_SIZE, writeName } from "./wgsl_module.ts";
import { operationsOf } from "./wgsl_operations.ts";
import {
  defineGroup,
  indexInMemory,
  indexInPlane,
  planeBase,
  splitIndex,
} from "./wgsl_place.ts";
import {
  defineCounts,
  defineRange,
  defineStart,
  rangeBegin,
} from "./wgsl_ranges.ts";
import { defineElement, definePlace } from "./wgsl_taps.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { leadOf, stagesOf, type TeamSchedule } from "./wgsl_team.ts";
import { difference, product, sum, type WgslText } from "./wgsl_text.ts";
import { WgslValues } from "./wgsl_values.ts";
import { COMPONENTS, LANES, multiples, vectorOf } from "./wgsl_vector.ts";

/**
 * What an invocation of a window program does that shares its window with
 * others: it folds some of the elements, and what the team has accumulated is
 * merged in the workgroup's memory, in the order of a tree, the same in every
 * run. All members know the result, and go on with the next pass.
 *
 * Where several workgroups share a window, a pass ends with what each of them
 * has accumulated in a buffer, which the next shader begins with.
 */
export function emitTeamWindow(
  text: WgslText,
  program: Program,
  plan: WgslPlan,
): WgslBody {
  const schedule = plan.schedule as TeamSchedule;
  const { members, isSpread, isRun, parts, stage, vectors } = schedule;
  const operations = operationsOf(program);
  const values = WgslValues.of(program, plan, text);
  const teams = WORKGROUP_SIZE / members;
  const isLast = stage === stagesOf(program, schedule) - 1;
  const isShared = parts > 1 && !isLast;

  text.let("member", teamText(`lane / ${teams}u`, `lane % ${members}u`));
  const own = teamText(`lane % ${teams}u`, `lane / ${members}u`);
  const group = isShared ? `(workgroup / ${parts}u)` : "workgroup";
  text.let("own_window", `i32(${sum(product(group, unsigned(teams)), own)})`);
  // Who has no window works on the last one, to meet the others at barriers.
  text.let("window", "min(own_window, call.windows - 1)");
  splitIndex(text, plan, { index: "window", side: "output", prefix: "at_" });
  if (plan.sources) text.let("source", "tables[call.sources + item]");
  text.let("base", planeBase(plan, plan.sources ? "source" : "item", "input"));
  definePlace(text, plan, { item: "item", operations });
  defineGroup(text, plan, "item");
  for (const axis of plan.axes) {
    defineStart(text, plan, axis);
    defineRange(text, plan, axis);
  }
  defineCounts(text, plan, operations);
  defineElements();

  const workgroup: Record<string, string> = {};
  const width = vectors === "results" ? LANES : 1;
  let place = 0;
  for (const [pass, folds] of foldPasses(program.outputs).entries()) {
    if (parts > 1 && pass > stage) break;
    values.hoist(folds.flatMap(({ operands }) => operands), "window");
    const isKnown = parts > 1 && pass < stage;
    const accumulators = isKnown
      ? mergeParts(folds)
      : vectors === "elements"
      ? foldVectors(folds)
      : foldElements(folds);
    mergeTeam(accumulators);
    const variables = accumulators.flatMap(({ variables }) => variables);
    if (parts > 1 && pass === stage) storeParts(variables);
    place += variables.length;
    for (const accumulator of accumulators) accumulator.finish();
  }
  if (!isShared) {
    text.block("if (member == 0u && own_window < call.windows)", () => {
      const results = values.inner();
      for (const { name, value } of program.outputs) {
        const result = vectors === "results"
          ? results.lanes(value)
          : results.value(value);
        text.line(`${writeName(name)}[window] = ${result};`);
      }
    });
  }
  return { constants: values.constants, workgroup };

  function teamText(spread: string, together: string): string {
    if (members === WORKGROUP_SIZE) {
      return together.startsWith("lane %") ? "lane" : "0";
    }
    return isSpread ? spread : together;
  }

  /** Names how many elements there are, and which of them are this one's. */
  function defineElements(): void {
    const lengths = loops().map((axis) => {
      const name = `length_${axis.letter}`;
      const length = difference(`to_${axis.letter}`, rangeBegin(axis));
      text.let(name, `max(0, ${length})`);
      return name;
    });
    text.let("elements", product(...lengths));
    if (isRun) defineRun();
    const step = members * (vectors === "elements" ? LANES : 1);
    const member = vectors === "elements" ? "i32(member) * 4" : "i32(member)";
    if (!isShared) {
      text.let("begin", member);
      text.let("end", "elements");
      return;
    }
    const steps = step * parts;
    text.let("share", `(elements + ${steps - 1}) / ${steps} * ${step}`);
    text.let("part", `i32(workgroup % ${parts}u)`);
    text.let("begin", `part * share + ${member}`);
    text.let("end", "min(elements, (part + 1) * share)");
  }

  function loops() {
    return plan.axes.filter(({ kind }) => kind !== "unit");
  }

  /** Names where a window begins whose elements follow each other. */
  function defineRun(): void {
    const lead = leadOf(plan.axes);
    const coordinates = plan.axes.map((axis, a) => {
      if (a < lead) return `at_${axis.letter}`;
      if (a > lead) return "0";
      const begin = rangeBegin(axis);
      const start = sum(`start_${axis.letter}`, begin);
      return start.includes(" ") ? `(${start})` : start;
    });
    // Behind the first axis that windows go along, they begin at 0.
    const run = indexInPlane(plan, "input", coordinates);
    text.let("run", run.replace(/ \+ 0$/, ""));
  }

  /** Runs lines for this invocation's elements. */
  function eachElement(body: () => void): void {
    const step = members * (vectors === "elements" ? LANES : 1);
    const head = `for (var element = begin; element < end; element += ${step})`;
    text.block(head, () => {
      if (isRun) {
        if (vectors === "elements") {
          text.let("position", `run + element + ${multiples("i32", 1)}`);
          text.let("offset", "(base + run + element) / 4");
        } else {
          text.let("position", "run + element");
          text.let("offset", indexInMemory(plan, "base", "position"));
        }
        return body();
      }
      let rest = "element";
      for (const [index, axis] of loops().toReversed().entries()) {
        const { letter } = axis;
        const isFirst = index === loops().length - 1;
        const step = isFirst ? rest : `${rest} % length_${letter}`;
        text.let(`tap_${letter}`, sum(rangeBegin(axis), step));
        if (isFirst) continue;
        text.let(`rows_of_${letter}`, `${rest} / length_${letter}`);
        rest = `rows_of_${letter}`;
      }
      defineElement(text, plan, operations);
      body();
    });
  }

  function foldElements(folds: readonly Expression[]): Accumulator[] {
    const accumulators = accumulate(values, folds);
    eachElement(() => updateAll(accumulators));
    return accumulators;
  }

  /** Folds vectors of elements, and then their lanes. */
  function foldVectors(folds: readonly Expression[]): Accumulator[] {
    const ofLanes = accumulate(values, folds);
    eachElement(() => updateAll(ofLanes));
    const accumulators = accumulate(values, folds, false);
    for (const [i, accumulator] of accumulators.entries()) {
      const variables = ofLanes[i].variables;
      const lanes = new Map(
        accumulator.variables.map(({ name }, v) => [name, variables[v].name]),
      );
      for (const lane of COMPONENTS) {
        accumulator.merge((name) => `${lanes.get(name)}.${lane}`);
      }
    }
    return accumulators;
  }

  function updateAll(accumulators: readonly Accumulator[]): void {
    const inner = values.inner();
    for (const accumulator of accumulators) {
      accumulator.update(accumulator.item(inner));
    }
  }

  /** Merges what the invocations of a team have accumulated. */
  function mergeTeam(accumulators: readonly Accumulator[]): void {
    const variables = accumulators.flatMap(({ variables }) => variables);
    for (const { name, type } of variables) {
      const element = width === 1 ? type : vectorOf(type);
      workgroup[memoryOf(name)] = `array<${element}, ${WORKGROUP_SIZE}>`;
    }
    const put = () => {
      for (const { name } of variables) {
        text.line(`${memoryOf(name)}[lane] = ${name};`);
      }
    };
    put();
    const pitch = isSpread ? teams : 1;
    const others = product("others", unsigned(pitch));
    const head = `for (var others = ${
      members / 2
    }u; others > 0u; others /= 2u)`;
    text.block(head, () => {
      text.line("workgroupBarrier();");
      text.block("if (member < others)", () => {
        for (const accumulator of accumulators) {
          accumulator.merge((name) => `${memoryOf(name)}[lane + ${others}]`);
        }
        put();
      });
    });
    text.line("workgroupBarrier();");
    const first = members === WORKGROUP_SIZE
      ? "0"
      : difference("lane", product("member", unsigned(pitch)));
    for (const { name } of variables) {
      text.line(`${name} = ${memoryOf(name)}[${first}];`);
    }
  }

  /** Puts what this workgroup has accumulated behind what others have. */
  function storeParts(variables: readonly AccumulatorVariable[]): void {
    text.block("if (member == 0u && own_window < call.windows)", () => {
      for (const [i, { name }] of variables.entries()) {
        const at = indexOfPart(place + i, "part");
        if (width === 1) text.line(`found[${at}] = bitcast<u32>(${name});`);
        else {
          text.let(`bits_of_${name}`, `bitcast<vec4<u32>>(${name})`);
          for (let lane = 0; lane < LANES; lane++) {
            text.line(
              `found[(${at}) * 4 + ${lane}] = bits_of_${name}.${
                COMPONENTS[lane]
              };`,
            );
          }
        }
      }
    });
  }

  /** Merges what the workgroups of a window have accumulated. */
  function mergeParts(folds: readonly Expression[]): Accumulator[] {
    const accumulators = accumulate(values, folds, width > 1);
    const head =
      `for (var other = i32(member); other < ${parts}; other += ${members})`;
    text.block(head, () => {
      const variables = accumulators.flatMap(({ variables }) => variables);
      for (const [i, { name, type }] of variables.entries()) {
        const at = indexOfPart(place + i, "other");
        const words = Array.from(
          { length: LANES },
          (_, lane) => `found[(${at}) * 4 + ${lane}]`,
        );
        text.let(
          `other_${name}`,
          width === 1
            ? `bitcast<${type}>(found[${at}])`
            : `bitcast<${vectorOf(type)}>(vec4<u32>(${words.join(", ")}))`,
        );
      }
      for (const accumulator of accumulators) {
        accumulator.merge((name) => `other_${name}`);
      }
    });
    return accumulators;
  }

  function indexOfPart(variable: number, part: string): string {
    const row = variable === 0
      ? "window"
      : `(${product(`${variable}`, "call.windows")} + window)`;
    return `${row} * ${parts} + ${part}`;
  }
}

/** A factor as text; 1 is left out of products. */
function unsigned(factor: number): string {
  return factor === 1 ? "1" : `${factor}u`;
}

/** Words of the buffer that workgroups of a window share, for each window. */
export function wordsOfParts(
  program: Program,
  { parts, vectors }: TeamSchedule,
): number {
  const folds = foldPasses(program.outputs).flat();
  // At most two numbers for each fold: an extreme, and where it stands.
  return folds.length * 2 * parts * (vectors === "results" ? LANES : 1);
}

/** What the invocations of a workgroup have accumulated in a variable each. */
function memoryOf(variable: string): string {
  return `each_${variable}`;
}
