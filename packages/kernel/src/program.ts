import type { Expression } from "./expression.ts";
import { FOLDS, type Operation } from "./operation.ts";
import { topological, valueOnly } from "./traverse.ts";

/** How a tensor is read by a program. */
export type TensorRole =
  /** At each element of a window: shaped as the input. */
  | "element"
  /** Once per channel. */
  | "channel"
  /** Once per plane: an item's channel. */
  | "plane"
  /** Once per channel and position in the window. */
  | "tap"
  /** Once per window: shaped as the output. */
  | "perWindow";

/** A tensor that a program reads. */
export interface TensorLeaf {
  /** Its name among the bindings. */
  readonly name: string;
  /** How it is read. */
  readonly role: TensorRole;
  /** What its elements are. */
  readonly type: "f32" | "i32";
}

/** A tensor that a program writes. */
export interface ProgramOutput {
  /** Its name among the results. */
  readonly name: string;
  /** What it holds. */
  readonly value: Expression;
}

/**
 * What a backend runs.
 *
 * A `window` program has one result per window. A `gather` program has one per
 * element of the input: the sum of its only output over the windows that hold
 * the element, in the order of the windows.
 */
export interface Program {
  /** Whether there is a result per window or per element of the input. */
  readonly kind: "window" | "gather";
  /** A name for messages and for the emitted text. */
  readonly name: string;
  /** What it writes. */
  readonly outputs: readonly ProgramOutput[];
  /** What it reads, in a fixed order. */
  readonly tensors: readonly TensorLeaf[];
  /** The numbers it is given, in a fixed order. */
  readonly scalars: readonly string[];
  /** Whether it draws random numbers. */
  readonly random: boolean;
}

const ROLES: Partial<Record<Operation, Omit<TensorLeaf, "name">>> = {
  element: { role: "element", type: "f32" },
  channel: { role: "channel", type: "f32" },
  plane: { role: "plane", type: "f32" },
  tap: { role: "tap", type: "f32" },
  perWindow: { role: "perWindow", type: "f32" },
  perWindowIndex: { role: "perWindow", type: "i32" },
};

/**
 * A program that computes these outputs; its leaves are found in them.
 *
 * What matters to gradients alone is left out, so that no reader of a program
 * meets `detach` or `withGradientOf`.
 */
export function makeProgram(
  kind: Program["kind"],
  name: string,
  formulas: readonly ProgramOutput[],
): Program {
  const outputs = formulas.map(({ name, value }) => ({
    name,
    value: valueOnly(value),
  }));
  const all = topological(outputs.map((output) => output.value));
  const tensors: TensorLeaf[] = [];
  for (const x of all) {
    const leaf = ROLES[x.operation];
    if (leaf) tensors.push({ name: x.name, ...leaf });
  }
  return {
    kind,
    name,
    outputs,
    tensors,
    scalars: all.filter((x) => x.operation === "scalar").map((x) => x.name),
    random: all.some((x) =>
      x.operation === "windowRandom" || x.operation === "windowWord" ||
      x.operation === "elementRandom"
    ),
  };
}

/** The formulas of what a program writes. */
export function valuesOf({ outputs }: Pick<Program, "outputs">): Expression[] {
  return outputs.map(({ value }) => value);
}

/** Whether formulas ask how many elements a window has. */
export function countsElements(formulas: readonly Expression[]): boolean {
  return topological(formulas).some(({ operation }) =>
    operation === "count" || operation === "paddedCount"
  );
}

/** Whether a program reduces over the elements of its windows. */
export function isFold(x: Expression): boolean {
  return FOLDS.has(x.operation);
}

/**
 * The folds of a program in passes over the window: a fold stands in a later
 * pass than those that its body uses.
 */
export function foldPasses(outputs: readonly ProgramOutput[]): Expression[][] {
  const passes: Expression[][] = [];
  const depth = new Map<Expression, number>();
  for (const x of topological(outputs.map((output) => output.value))) {
    const below = Math.max(0, ...x.operands.map((y) => depth.get(y)!));
    depth.set(x, isFold(x) ? below + 1 : below);
    if (isFold(x)) (passes[below] ??= []).push(x);
  }
  return passes;
}
