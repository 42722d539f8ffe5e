import {
  checkContract,
  neededInputs,
  type OptionRule,
  type PoolingOp,
  type Shapes,
  validateOptions,
  type Values,
  type WeightSpec,
} from "@rockpool/core";
import { frozenContents, Remembered, sameContents } from "./remembered.ts";
import { checkNames } from "./run_checks.ts";

/** An operator of any options and names. */
// deno-lint-ignore no-explicit-any -- operators take options of their own only
type AnyOp = PoolingOp<any, string, string, string>;

/** What a caller chose, by name. */
type Given = Readonly<Record<string, unknown>>;

/** An operator with options that are checked, for inputs of some shapes. */
export class RunPlan {
  /** The options, which nobody can change. */
  readonly options: object;
  /** The names of the inputs that it reads. */
  readonly needed: readonly string[];
  /** Their shapes. */
  readonly shapes: Shapes<string>;
  readonly #given: Given;
  readonly #names: readonly string[];
  #specs: Readonly<Record<string, WeightSpec>> | undefined;

  /**
   * Checks the contract, options and the names of inputs.
   *
   * @throws {TypeError} | {RangeError} where they are wrong
   */
  constructor(readonly op: AnyOp, given: Given, inputs: Values<string>) {
    checkContract(op);
    this.#names = Object.keys(op.options);
    this.#given = Object.fromEntries(
      [...Object.keys(given), ...this.#names]
        .map((name) => [name, frozenContents(given[name])]),
    );
    this.options = Object.freeze(validateOptions(op.options, this.#given));
    this.needed = neededInputs(op, this.options);
    checkNames(op.name, inputs, this.needed);
    this.shapes = Object.fromEntries(
      this.needed.map((name) => [name, frozenContents(inputs[name].shape)]),
    );
  }

  /** Whether it is the same for as long as options look the same. */
  get lasts(): boolean {
    return Object.entries<OptionRule>(this.op.options)
      .every(([name, { kind }]) => kind !== "tensor" || !this.#given[name]);
  }

  /**
   * Its parameters.
   *
   * @throws {TypeError} | {RangeError} where shapes do not fit the options
   */
  get specs(): Readonly<Record<string, WeightSpec>> {
    if (!this.#specs) {
      const { op, shapes, options } = this;
      op.shape(shapes, options);
      this.#specs = op.weights?.(shapes, options) ?? {};
    }
    return this.#specs;
  }

  /** Whether these are its options and inputs of its shapes. */
  fits(given: Given, inputs: Values<string>): boolean {
    const { needed, shapes } = this;
    const names = this.#names;
    for (const name of needed) {
      if (!sameContents(shapes[name], inputs[name]?.shape)) return false;
    }
    for (const name of names) {
      if (!sameContents(this.#given[name], given[name])) return false;
    }
    for (const name in given) if (!names.includes(name)) return false;
    for (const name in inputs) if (!needed.includes(name)) return false;
    return true;
  }
}

/** What each operator was last run with. */
const known = new WeakMap<
  AnyOp,
  Remembered<RunPlan, Given, Values<string>>
>();

const NO_OPTIONS: Given = Object.freeze({});

/**
 * The plan of a run. It is made once for each contents of options and shapes of
 * inputs, unless there is a tensor among the options, whose numbers may change.
 *
 * @throws {TypeError} | {RangeError} where options or names of inputs are wrong
 */
export function runPlan(
  op: AnyOp,
  inputs: Values<string>,
  options: object | undefined,
): RunPlan {
  const given = (options ?? NO_OPTIONS) as Given;
  let plans = known.get(op);
  if (!plans) {
    plans = new Remembered(16, (plan, ...now) => plan.fits(...now));
    known.set(op, plans);
  }
  const found = plans.find(given, inputs);
  if (found) return found;
  const plan = new RunPlan(op, given, inputs);
  return plan.lasts ? plans.add(plan) : plan;
}
