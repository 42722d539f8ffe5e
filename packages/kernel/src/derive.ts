import { adjoint } from "./adjoint.ts";
import { constant, type Expression, leaf, select } from "./expression.ts";
import { substitute, topological } from "./traverse.ts";
import { fold } from "./fold.ts";
import { isFold, makeProgram, type Program } from "./program.ts";
import type { WindowKernel } from "./window_kernel.ts";

/** The scalar that chooses a position in the window. */
export const TAP_SCALAR = "tap_index";

/** A gradient: the program that computes it or what is summed to it. */
export interface GradientProgram {
  /** The input or parameter. */
  readonly of: string;
  /**
   * `input`: a gather. `window`: a value per window. `channel`, `plane`: a
   * value per window, to be summed over each channel or plane. `tap`: the same
   * as for a channel, once for each position in the window, which the scalar
   * {@linkcode TAP_SCALAR} names.
   */
  readonly role: "input" | "window" | "channel" | "plane" | "tap";
  /** The program. */
  readonly program: Program;
}

/** All programs of a kernel: what inference, training and gradients run. */
export interface Programs {
  /** The outputs alone. */
  readonly infer: Program;
  /** The outputs and what the gradients need besides them. */
  readonly train: Program;
  /** Values per window that all gradients share, where folds need the upstream gradient. */
  readonly carry: Program | undefined;
  /** A gradient for each input and parameter that the outputs depend on. */
  readonly gradients: readonly GradientProgram[];
  /** The outputs that are numbers, which a gradient can arrive at. */
  readonly numbers: readonly string[];
  /** What gradients call the results of `train`. */
  readonly kept: Readonly<Record<string, string>>;
}

const derived = new WeakMap<WindowKernel, Programs>();

/** The programs of a kernel, derived once. */
export function programsOf(kernel: WindowKernel): Programs {
  let programs = derived.get(kernel);
  if (!programs) derived.set(kernel, programs = derive(kernel));
  return programs;
}

function derive(kernel: WindowKernel): Programs {
  const outputs = Object.entries(kernel.outputs)
    .map(([name, value]) => ({ name, value }));
  const saved = new Substitutes("saved");
  for (const { name, value } of outputs) {
    saved.name(value, `out_${name}`);
    // A gradient of its own is made of the value.
    if (value.operation === "withGradientOf") {
      saved.name(value.operands[0], `out_${name}`);
    }
  }
  const carried = new Substitutes("carry");

  const raw = adjoint(kernel.outputs);
  const usesUpstream = dependents(
    raw.values(),
    (x) => x.name.startsWith("dy_"),
  );
  const gradients = [...raw].map(([of, value]) => ({
    of,
    value: substitute(value, (x) => saved.replace(x, !usesUpstream.has(x))),
  }));

  const folded = topological(gradients.map((gradient) => gradient.value))
    .some(isFold);
  const usesElements = (x: Expression) => x.level === "element";
  const programs: GradientProgram[] = gradients.map(({ of, value }) => {
    const program = (suffix: string, kind: Program["kind"], y: Expression) =>
      makeProgram(kind, `${kernel.name}-${suffix}-${of}`, [
        { name: "gradient", value: y },
      ]);
    if (kernel.inputs.includes(of)) {
      const carryAll = (x: Expression) =>
        folded && !usesElements(x) ? carried.replace(x, true) : undefined;
      const element = substitute(value, carryAll);
      return { of, role: "input", program: program("grad", "gather", element) };
    }
    for (const role of ["window", "channel", "plane"] as const) {
      if (!kernel.leaves[`${role}s`].includes(of)) continue;
      return { of, role, program: program("grad", "window", value) };
    }
    const here = leaf("tapIndex").eq(leaf("scalar", TAP_SCALAR));
    const sum = fold.sum(select(here, value, constant(0)));
    return { of, role: "tap", program: program("grad", "window", sum) };
  });

  return {
    infer: makeProgram("window", kernel.name, outputs),
    train: makeProgram("window", `${kernel.name}-train`, [
      ...outputs,
      ...saved.made,
    ]),
    carry: carried.made.length === 0
      ? undefined
      : makeProgram("window", `${kernel.name}-carry`, carried.made),
    gradients: programs,
    numbers: outputs.filter(({ value }) => value.type === "f32")
      .map(({ name }) => name),
    kept: Object.fromEntries([
      ...outputs.map(({ name }) => [name, `out_${name}`]),
      ...saved.made.map(({ name }) => [name, name]),
    ]),
  };
}

/** Values of a window that are kept in a tensor and read back from it. */
class Substitutes {
  readonly made: { name: string; value: Expression }[] = [];
  readonly #leaves = new Map<Expression, Expression>();

  constructor(readonly prefix: string) {}

  /** Gives an expression that is kept anyway the name that it is kept under. */
  name(x: Expression, name: string): void {
    if (x.operands.length > 0) this.#leaves.set(x, tensorLeaf(x, name));
  }

  /** The leaf for `x` where it is a fold, or a value of a window, worth keeping. */
  replace(x: Expression, allowed: boolean): Expression | undefined {
    if (!allowed || x.level !== "window" || x.operands.length === 0) {
      return undefined;
    }
    if (x.type === "bool") return undefined;
    const known = this.#leaves.get(x);
    if (known) return known;
    // What is likely a constant needs no fold where it is one.
    const isKept = isFold(x) ||
      x.operation === "select" && x.operands[0].operation === "likely" &&
        x.operands[1].operation === "constant";
    if (this.prefix === "saved" && !isKept) return undefined;
    const made = tensorLeaf(x, `${this.prefix}_${this.made.length}`);
    this.made.push({ name: made.name, value: x });
    this.#leaves.set(x, made);
    return made;
  }
}

function tensorLeaf(x: Expression, name: string): Expression {
  return leaf(x.type === "i32" ? "perWindowIndex" : "perWindow", name);
}

/** The expressions that a leaf with some property is part of. */
function dependents(
  roots: Iterable<Expression>,
  property: (x: Expression) => boolean,
): Set<Expression> {
  const found = new Set<Expression>();
  for (const x of topological(roots)) {
    if (property(x) || x.operands.some((y) => found.has(y))) found.add(x);
  }
  return found;
}
