import type { Expression } from "./expression.ts";
import { foldPasses, type ProgramOutput } from "./program.ts";
import type { Channels } from "./wat_channels.ts";
import {
  address,
  type VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import { FoldPass, leaveOnNaN } from "./wat_folds.ts";
import { resultField } from "./wat_frame.ts";
import { call, floats, get, type Term, type WatFunction } from "./wat_text.ts";

/** An element of the windows of some vectors. */
export interface ChannelsElement {
  /** Whether it is the first of all windows; undefined where that depends. */
  readonly first?: boolean;
  /** What is known of it, in channels a number of channels further. */
  place?(further: number): Partial<VectorPlace>;
}

/** What is stored. */
export interface Formulas {
  readonly outputs: readonly ProgramOutput[];
  /** What must hold of all windows for that, where it is not sure. */
  readonly conditions?: readonly Expression[];
}

/** How neighbouring vectors of windows are folded. */
export interface ChannelsVectors extends Formulas {
  /** Vectors at a time. */
  readonly vectors: number;
  /** Where to go on if it does not, or if a result could be NaN. */
  readonly general?: string;
  /** Whether the first element is known as such. */
  readonly hasFirst: boolean;
  /** Runs a step for each element of the window, and another after columns. */
  forEachElement(
    step: (element: ChannelsElement) => void,
    endColumn: () => void,
  ): void;
}

/** Emits vectors of windows, from their first element to what is stored. */
export function emitVectors(
  channels: Channels,
  {
    outputs,
    conditions = [],
    vectors,
    general,
    hasFirst,
    forEachElement,
  }: ChannelsVectors,
): void {
  const all = openVectors(channels, { outputs, conditions }, vectors);
  for (const folds of foldPasses(formulasOf({ outputs, conditions }))) {
    const passes = all.map(({ evaluator }) =>
      new FoldPass(evaluator, folds, general)
    );
    for (const pass of passes) {
      pass.evaluator.prepare(folds.flatMap((fold) => fold.operands));
      if (!hasFirst) pass.start();
    }
    const parts = new SumParts(channels, passes);
    parts.open();
    forEachElement(({ first, place }) => {
      for (const [index, pass] of passes.entries()) {
        const { evaluator } = pass;
        const here = all[index];
        evaluator.place = { ...here.place, ...place?.(here.further) };
        evaluator.nextElement();
        pass.step({ first });
      }
    }, () => parts.add());
    parts.close();
    for (const { evaluator, place } of all) evaluator.place = place;
    leaveOnNaN(passes);
    for (const pass of passes) pass.define();
  }
  if (general) leaveUnlessMet(channels, { conditions, all, general });
  storeVectors(channels, outputs, all);
}

/** Sums of columns, as rows that are folded first add them up. */
class SumParts {
  readonly #sums: readonly string[];

  constructor(
    readonly channels: Channels,
    passes: readonly FoldPass[],
  ) {
    this.#sums = channels.plan.foldsRows
      ? passes.flatMap((pass) => pass.accumulators())
        .filter(({ fold }) => fold.operation === "sum")
        .map(({ value }) => value)
      : [];
  }

  open(): void {
    for (const sum of this.#sums) this.#set(`total.${sum}`, floats(0));
  }

  /** Adds a column to what the sums come to, and begins another. */
  add(): void {
    for (const sum of this.#sums) {
      const total = call("f32x4.add", get(`total.${sum}`), get(sum));
      this.#set(`total.${sum}`, total);
      this.#set(sum, floats(0));
    }
  }

  close(): void {
    for (const sum of this.#sums) this.#set(sum, get(`total.${sum}`));
  }

  #set(name: string, value: Term): void {
    this.channels.frame.set(name, "v128", value);
  }
}

/** All formulas, as a program has them. */
export function formulasOf(
  { outputs, conditions = [] }: Formulas,
): ProgramOutput[] {
  return [...outputs, ...conditions.map((value) => ({ name: "", value }))];
}

/** Leaves for a label unless conditions hold of the windows of some vectors. */
export function leaveUnlessMet(
  { frame }: Channels,
  { conditions = [], all, general }: {
    readonly conditions?: readonly Expression[];
    readonly all: readonly OpenVector[];
    readonly general: string;
  },
): void {
  const met = all.flatMap(({ evaluator }) =>
    conditions.map((condition) => evaluator.evaluate(condition))
  );
  leaveUnlessAll(frame, met, general);
}

/** Leaves for a label unless conditions hold in all lanes. */
export function leaveUnlessAll(
  frame: WatFunction,
  conditions: readonly Term[],
  label: string,
): void {
  if (conditions.length === 0) return;
  const met = conditions.reduce((a, b) => call("v128.and", a, b));
  frame.leaveUnless(label, call("i32x4.all_true", met));
}

/** One of some neighbouring vectors of a window. */
export interface OpenVector {
  readonly evaluator: VectorEvaluator;
  readonly place: VectorPlace;
  /** Channels from the first vector's on. */
  readonly further: number;
}

/** Begins vectors of windows: sets where they are stored. */
export function openVectors(
  channels: Channels,
  formulas: Formulas,
  vectors: number,
): OpenVector[] {
  const { frame, program } = channels;
  const item = get("item");
  const inPlane = get("to_plane");
  const to = frame.set("to", "i32", channels.index("out", { item, inPlane }));
  if (program.random) {
    frame.set("order", "i32", channels.windowOrder(inPlane));
  }
  const at = { element: get("at"), window: to, windowOrder: get("order") };
  return Array.from({ length: vectors }, (_, index) => {
    const evaluator = channels.evaluatorOf(formulasOf(formulas), index);
    const further = 4 * index;
    const place = evaluator.place = channels.place(at, further);
    return { evaluator, place, further };
  });
}

/** Stores vectors of windows whose folds are defined. */
export function storeVectors(
  channels: Channels,
  outputs: readonly ProgramOutput[],
  all: readonly OpenVector[],
): void {
  for (const { name, value } of outputs) {
    for (const { evaluator, further } of all) {
      channels.write("out", {
        at: address(resultField(name), get("to")),
        vector: evaluator.evaluate(value),
        further: all.length > 1 ? further : undefined,
      });
    }
  }
}
