import { foldPasses, type ProgramOutput } from "./program.ts";
import type { Channels } from "./wat_channels.ts";
import {
  address,
  type VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import { FoldPass, leaveOnNaN } from "./wat_folds.ts";
import { resultField } from "./wat_frame.ts";
import { get } from "./wat_text.ts";

/** An element of the windows of some vectors. */
export interface ChannelsElement {
  /** Whether it is the first of all windows; undefined where that depends. */
  readonly first?: boolean;
  /** What is known of it, in channels a number of channels further. */
  place?(further: number): Partial<VectorPlace>;
}

/** How neighbouring vectors of windows are folded. */
export interface ChannelsVectors {
  /** The formulas. */
  readonly outputs: readonly ProgramOutput[];
  /** Vectors at a time. */
  readonly vectors: number;
  /** Where to go on if a result could be NaN. */
  readonly whereNaN?: string;
  /** Whether the first element is known as such. */
  readonly hasFirst: boolean;
  /** Runs a step for each element of the window. */
  forEachElement(step: (element: ChannelsElement) => void): void;
}

/** Emits vectors of windows, from their first element to what is stored. */
export function emitVectors(
  channels: Channels,
  { outputs, vectors, whereNaN, hasFirst, forEachElement }: ChannelsVectors,
): void {
  const all = openVectors(channels, outputs, vectors);
  for (const folds of foldPasses(outputs)) {
    const passes = all.map(({ evaluator }) =>
      new FoldPass(evaluator, folds, whereNaN)
    );
    for (const pass of passes) {
      pass.evaluator.prepare(folds.flatMap((fold) => fold.operands));
      if (!hasFirst) pass.start();
    }
    forEachElement(({ first, place }) => {
      for (const [index, pass] of passes.entries()) {
        const { evaluator } = pass;
        const here = all[index];
        evaluator.place = { ...here.place, ...place?.(here.further) };
        evaluator.nextElement();
        pass.step({ first });
      }
    });
    for (const { evaluator, place } of all) evaluator.place = place;
    leaveOnNaN(passes);
    for (const pass of passes) pass.define();
  }
  storeVectors(channels, outputs, all);
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
  outputs: readonly ProgramOutput[],
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
    const evaluator = channels.evaluatorOf(outputs, index);
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
