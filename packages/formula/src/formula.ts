import {
  type Category,
  CONTRACT,
  equalShapes,
  formatShape,
  type OptionRule,
  type OptionSpec,
  type PoolingOp,
  type Shape,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import {
  expand,
  isTraining,
  perAxis,
  planesOf,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  trainingRule,
  windowSize,
} from "@rockpool/kernel";
import { type Declarations, declare } from "./declarations.ts";
import { parseFormula } from "./parse_formula.ts";
import { partsOf, Variants } from "./variants.ts";

/** How an operator is made of a formula. */
export interface FormulaSettings {
  /** Its name, words joined by hyphens; `formula` by default. */
  readonly name?: string;
  /** One sentence about it; the formula itself by default. */
  readonly summary?: string;
  /** Where it stands; `learnable` by default where it has learned parameters. */
  readonly category?: Category;
  /** Whether overflows are avoided where that is provable; true by default. */
  readonly rewrite?: boolean;
}

/** The options of sliding windows, and the parameters of a formula by name. */
export type FormulaOptions = SlideOptions & {
  readonly [parameter: string]: unknown;
};

/** A pooling operator made of a formula. */
export type FormulaOp = PoolingOp<FormulaOptions, string, string, "y">;

/** The largest window from which an element can be drawn exactly. */
const LARGEST_DRAW = 2 ** 16;

/**
 * A pooling operator from the text of a formula over a window.
 *
 * @throws {FormulaError} where the text is no formula, at a character of it
 * @throws {RangeError} where the name is not words joined by hyphens
 *
 * @example The mean weighted by exponentials
 * ```ts
 * import { makePool } from "@rockpool/core";
 * import { formula } from "@rockpool/formula";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const soft = formula("sum(x * exp(x)) / sum(exp(x))");
 * const pool = makePool(soft, { backend: interpreter() });
 * const x = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * assertAlmostEquals((await pool(x)).data[0], 3.4926527, 1e-6);
 * ```
 */
export function formula(
  text: string,
  settings: FormulaSettings = {},
): FormulaOp {
  const { name = "formula", rewrite = true } = settings;
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name)) {
    throw new RangeError(
      `Cannot name a formula "${name}": words joined by hyphens are needed`,
    );
  }
  const declarations = declare(text, parseFormula(text));
  const { parameters, inputs, learned } = declarations;
  const variants = new Variants(declarations, { name, rewrite });
  // What is wrong with the formula is wrong with every kernel of it.
  variants.get({ training: false, parameters: defaultsOf(parameters) });
  const parts = partsOf(declarations);
  const trains = parts.some((it) =>
    it.kind === "name" && it.name === "training"
  );
  const draws = parts.some((it) => it.kind === "call" && it.name === "draw");
  const { summary = summaryOf(text) } = settings;
  const { category = learned.size > 0 ? "learnable" : "generic" } = settings;
  return {
    name,
    contract: CONTRACT,
    summary,
    category,
    options: optionsOf(declarations, trains),
    inputs,
    shape(shapes, options) {
      for (const other of inputs.slice(1)) {
        checkSame({ name, input: other }, shapes.x, shapes[other]);
      }
      return slideShape(shapes.x, options);
    },
    ...learned.size > 0
      ? { weights: ({ x }, options) => weightsOf(declarations, x, options) }
      : {},
    forward(cx, values, options, weights) {
      const windows = slide(values.x.shape, options);
      const positions = windowSize(windows);
      if (draws && positions > LARGEST_DRAW) {
        throw new RangeError(
          `Cannot draw from windows of ${positions} elements: at most ${LARGEST_DRAW} are needed`,
        );
      }
      const numbers = numbersOf(parameters, options);
      const training = trains &&
        isTraining(cx, { training: options.training as boolean | null });
      const { kernel, leaves, size } = variants.get({
        training,
        parameters: numbers,
      });
      const bound: Record<string, Value> = {};
      const scalars: Record<string, number> = {};
      for (const [name, leaf] of leaves) {
        const parameter = learned.get(name);
        if (parameter?.per === "layer") {
          const count = windows.channels;
          bound[leaf] = expand(cx, weights[name], { axis: 0, count });
        } else if (parameter) {
          bound[leaf] = weights[name];
        } else if (inputs.includes(name)) {
          bound[leaf] = values[name];
        } else {
          scalars[leaf] = numbers[name];
        }
      }
      if (size !== undefined) scalars[size] = positions;
      return { y: cx.window(kernel, { values: bound, scalars }, windows).y };
    },
  };
}

/** A formula in one line, without what is said about it. */
function summaryOf(text: string): string {
  return text.split(/[\n\r]+/)
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .join(" ");
}

function optionsOf(
  { parameters }: Declarations,
  trains: boolean,
): OptionSpec<FormulaOptions> {
  const options: Record<string, OptionRule> = {
    ...slideOptions,
    kernelSize: { ...slideOptions.kernelSize, default: 2 },
    ...trains ? { training: trainingRule } : {},
    ...parameters,
  };
  // The type has no way to say that a text decides which options there are.
  return options as OptionSpec<FormulaOptions>;
}

function defaultsOf(
  parameters: Declarations["parameters"],
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, rule]) => [name, rule.default!]),
  );
}

function numbersOf(
  parameters: Declarations["parameters"],
  options: FormulaOptions,
): Record<string, number> {
  return Object.fromEntries(
    Object.keys(parameters).map((name) => [name, options[name] as number]),
  );
}

function weightsOf(
  { learned }: Declarations,
  x: Shape,
  options: FormulaOptions,
): Record<string, WeightSpec> {
  const { axes, channels } = planesOf(x, options);
  const kernel = perAxis("kernelSize", options.kernelSize, axes) as number[];
  const shapes = {
    layer: [1],
    channel: [channels],
    position: [channels, ...kernel],
  };
  return Object.fromEntries(
    [...learned].map(([name, { per, limits, help }]) => {
      const initial = options[name] as number;
      return [name, { shape: shapes[per], initial, ...limits, help }];
    }),
  );
}

function checkSame(
  { name, input }: { readonly name: string; readonly input: string },
  x: Shape,
  other: Shape,
): void {
  if (equalShapes(x, other)) return;
  throw new RangeError(
    `Cannot run ${name} on x of shape ${
      formatShape(x)
    } with ${input} of shape ${formatShape(other)}: the same shape is needed`,
  );
}
