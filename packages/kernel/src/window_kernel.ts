import type { Kernel } from "@rockpool/core";
import { Expression, leaf } from "./expression.ts";
import type { Operation } from "./operation.ts";
import { formatExpression, topological } from "./traverse.ts";
import { type Fold, fold } from "./fold.ts";

/** What a formula reads besides its inputs, by name. */
export interface KernelLeaves {
  /** Numbers given with each call, the same for all elements. */
  readonly scalars?: readonly string[];
  /** Parameters with one number per channel. */
  readonly channels?: readonly string[];
  /** Parameters with one number per item and channel. */
  readonly planes?: readonly string[];
  /** Parameters with one number per channel and position in the window. */
  readonly taps?: readonly string[];
  /** Tensors with one number per window, shaped as the output. */
  readonly windows?: readonly string[];
}

/** The builtins of a formula besides its folds. */
export interface Builtins {
  /** A random number in [0, 1) for each window. */
  windowRandom(slot: number): Expression;
  /** A random number in [0, 1) for each element of each window. */
  elementRandom(slot: number): Expression;
  /** 32 random bits for each window: those that `windowRandom` is made of. */
  windowWord(slot: number): Expression;
}

/** A formula: expressions of named leaves in, named outputs out. */
export type Formula = (
  leaves: Readonly<Record<string, Expression>>,
  fold: Fold,
  builtins: Builtins,
) => Expression | Readonly<Record<string, Expression>>;

/** A formula over one window, with its leaves and its outputs. */
export class WindowKernel implements Kernel {
  /** @ignore Made by {@linkcode windowKernel}. */
  constructor(
    /** A name for messages and for the emitted text. */
    readonly name: string,
    /** The tensors read at each element of the window. */
    readonly inputs: readonly string[],
    /** What else it reads. */
    readonly leaves: Required<KernelLeaves>,
    /** What it gives for each window. */
    readonly outputs: Readonly<Record<string, Expression>>,
  ) {}
}

/** What leaves and outputs may be called. */
const WORD = /^[A-Za-z][A-Za-z0-9]*$/;

const builtins: Builtins = {
  windowRandom: (slot) =>
    Expression.of("windowRandom", [], { value: checkSlot(slot) }),
  elementRandom: (slot) =>
    Expression.of("elementRandom", [], { value: checkSlot(slot) }),
  windowWord: (slot) =>
    Expression.of("windowWord", [], { value: checkSlot(slot) }),
};

/**
 * A kernel from a formula over one window.
 *
 * The formula gets its leaves by name and gives one expression, the output
 * `y`, or several by name. Outputs have one value per window.
 *
 * @throws {TypeError} where the formula is not one of this language: an output
 * that changes with the window's elements, a fold of what does not, a name
 * that is used twice
 *
 * @example The mean of squares over each window
 * ```ts
 * import { interpretWindow, windowKernel } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const meanSquare = windowKernel("mean-square", ["x"], ({ x }, fold) =>
 *   fold.mean(x.mul(x)));
 * assertEquals(interpretWindow(meanSquare, { x: [1, 2, 3, 4] }).y, 7.5);
 * ```
 */
export function windowKernel(
  name: string,
  inputs: readonly string[],
  formula: Formula,
  leaves: KernelLeaves = {},
): WindowKernel {
  const refused = refusalOf(name);
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name)) {
    throw refused("its name must be words joined by hyphens");
  }
  const {
    scalars = [],
    channels = [],
    planes = [],
    taps = [],
    windows = [],
  } = leaves;
  const all = { scalars, channels, planes, taps, windows };
  const names = [inputs, ...Object.values(all)].flat();
  for (const [index, word] of names.entries()) {
    if (!WORD.test(word)) {
      throw refused(`"${word}" is no name of letters and digits`);
    }
    if (names.indexOf(word) !== index) {
      throw refused(`the name "${word}" is used twice`);
    }
  }
  if (inputs.length === 0) {
    throw refused(`it has no input`);
  }
  const leavesOf = (operation: Operation, names: readonly string[]) =>
    names.map((name) => [name, leaf(operation, name)] as const);
  const given = formula(
    Object.fromEntries([
      ...leavesOf("element", inputs),
      ...leavesOf("scalar", scalars),
      ...leavesOf("channel", channels),
      ...leavesOf("plane", planes),
      ...leavesOf("tap", taps),
      ...leavesOf("perWindow", windows),
    ]),
    fold,
    builtins,
  );
  if (typeof given !== "object" || given === null) {
    throw refused(
      `its formula gives ${given}, an expression or several by name are needed`,
    );
  }
  const outputs = given instanceof Expression ? { y: given } : given;
  checkOutputs(refused, outputs, names);
  return new WindowKernel(name, inputs, all, outputs);
}

/** An error of a kernel that is made, for what is wrong. */
function refusalOf(kernel: string) {
  return (what: string) =>
    new TypeError(`Cannot make kernel ${kernel}: ${what}`);
}

function checkOutputs(
  refused: ReturnType<typeof refusalOf>,
  outputs: Readonly<Record<string, Expression>>,
  known: readonly string[],
): void {
  if (Object.keys(outputs).length === 0) {
    throw refused(`it has no output`);
  }
  for (const [name, output] of Object.entries(outputs)) {
    if (!WORD.test(name)) {
      throw refused(`its output "${name}" is no name of letters and digits`);
    }
    if (!(output instanceof Expression)) {
      throw refused(
        `its output ${name} is ${typeof output}, an expression is needed`,
      );
    }
    if (output.type === "bool") {
      throw refused(
        `its output ${name} is a condition, a number or an index is needed`,
      );
    }
    if (output.level === "element") {
      throw refused(
        `its output ${name} = ${
          formatExpression(output)
        } changes with the elements of the window, fold it`,
      );
    }
  }
  for (const x of topological(Object.values(outputs))) {
    if (x.name !== "" && !known.includes(x.name)) {
      throw refused(
        `it reads "${x.name}", which is none of ${known.join(", ")}`,
      );
    }
  }
}

function checkSlot(slot: number): number {
  if (Number.isInteger(slot) && slot >= 0 && slot < 2 ** 32) return slot;
  throw new RangeError(
    `Cannot draw from slot ${slot}: an unsigned 32-bit integer is needed`,
  );
}
