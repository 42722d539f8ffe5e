import { type WindowKernel, windowKernel } from "@rockpool/kernel";
import { compute } from "./compute.ts";
import type { Exponent } from "./materials.ts";
import type { Declarations } from "./declarations.ts";
import { LARGEST_PRODUCT, parityOf } from "./power.ts";
import { stabilise } from "./stabilise.ts";
import type { Syntax } from "./syntax.ts";

/** What chooses among the kernels of a formula. */
export interface VariantChoice {
  /** Whether it is for training. */
  readonly training: boolean;
  /** The numbers of all parameters. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** A kernel of a formula, and what its leaves are called. */
export interface Variant {
  readonly kernel: WindowKernel;
  /** The names of leaves by those of the formula. */
  readonly leaves: ReadonlyMap<string, string>;
  /** The leaf for the positions of a window, if the formula has it. */
  readonly size: string | undefined;
}

/** How the kernels of a formula are made. */
export interface VariantOptions {
  /** The name of the operator. */
  readonly name: string;
  /** Whether overflows are avoided where that is provable. */
  readonly rewrite: boolean;
}

/**
 * The kernels of a formula, each made once.
 *
 * A parameter that is an exponent decides what a power of a negative number is:
 * small whole ones are products, and of others the parity counts.
 */
export class Variants {
  readonly #made = new Map<string, Variant>();
  readonly #exponents: ReadonlySet<string>;
  readonly #leaves: ReadonlyMap<string, string>;
  readonly #size: string | undefined;

  /** The formula's kernels; the first is made when it is asked for. */
  constructor(
    readonly declarations: Declarations,
    readonly options: VariantOptions,
  ) {
    const { inputs, parameters } = declarations;
    const parts = partsOf(declarations);
    this.#exponents = exponentNames(declarations, parts);
    const names = [...inputs, ...Object.keys(parameters)];
    this.#leaves = new Map(names.map((name) => [name, leafName(name, names)]));
    const needsSize = parts.some((it) =>
      it.kind === "call" && it.name === "size"
    );
    this.#size = needsSize ? leafName("windowSize", names) : undefined;
  }

  /**
   * The kernel for a choice.
   *
   * @throws {FormulaError} where the formula has no meaning
   */
  get({ training, parameters }: VariantChoice): Variant {
    const { learned } = this.declarations;
    const known: Record<string, number> = {};
    const exponents: Record<string, Exponent> = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (!this.#exponents.has(name) || learned.has(name)) continue;
      if (Number.isInteger(value) && Math.abs(value) <= LARGEST_PRODUCT) {
        known[name] = value;
      } else {
        exponents[name] = { parity: parityOf(value), atLeastOne: value >= 1 };
      }
    }
    for (const [name, { limits: { min, above } }] of learned) {
      const atLeastOne = Math.max(min ?? -Infinity, above ?? -Infinity) >= 1;
      exponents[name] = { parity: "fraction", atLeastOne };
    }
    const key = JSON.stringify([training, known, exponents]);
    let variant = this.#made.get(key);
    if (!variant) {
      variant = this.#make({ training, known, exponents });
      this.#made.set(key, variant);
    }
    return variant;
  }

  #make({ training, known, exponents }: {
    training: boolean;
    known: Readonly<Record<string, number>>;
    exponents: Readonly<Record<string, Exponent>>;
  }): Variant {
    const { name: operator, rewrite } = this.options;
    const { inputs, parameters, learned } = this.declarations;
    const leaf = (name: string) => this.#leaves.get(name)!;
    const size = this.#size;
    const free = Object.keys(parameters)
      .filter((name) => !learned.has(name) && !Object.hasOwn(known, name));
    const perPosition = [...learned.keys()]
      .filter((name) => learned.get(name)!.per === "position");
    const perChannel = [...learned.keys()]
      .filter((name) => !perPosition.includes(name));
    const kernel = windowKernel(
      operator,
      inputs.map(leaf),
      (expressions, fold, builtins) => {
        const leaves = Object.fromEntries(
          [...inputs, ...free, ...learned.keys()]
            .map((name) => [name, expressions[leaf(name)]]),
        );
        const ofLeaves = new Map(
          Object.entries(exponents).map(([name, it]) => [leaves[name], it]),
        );
        const computed = compute(this.declarations, {
          leaves,
          size: expressions[size ?? ""],
          fold,
          builtins,
          training,
          known,
          exponents: ofLeaves,
        });
        return rewrite ? stabilise(computed, ofLeaves) : computed.result;
      },
      {
        scalars: [...free.map(leaf), ...size === undefined ? [] : [size]],
        channels: perChannel.map(leaf),
        taps: perPosition.map(leaf),
      },
    );
    const used = [...inputs, ...free, ...learned.keys()];
    const leaves = new Map(used.map((name) => [name, leaf(name)]));
    return { kernel, leaves, size };
  }
}

/** Every part of a formula. */
export function partsOf({ values, result }: Declarations): Syntax[] {
  const found: Syntax[] = [];
  const visit = (value: Syntax) => {
    found.push(value);
    for (const below of childrenOf(value)) visit(below);
  };
  for (const { value } of values) visit(value);
  visit(result);
  return found;
}

function childrenOf(value: Syntax): readonly Syntax[] {
  if (value.kind === "operation") return value.operands;
  return value.kind === "call" ? value.args.map(({ value }) => value) : [];
}

/** The names that exponents read, themselves or in named values. */
function exponentNames(
  { values }: Declarations,
  parts: readonly Syntax[],
): Set<string> {
  const found = new Set<string>();
  const visit = (value: Syntax) => {
    if (value.kind === "name" && !found.has(value.name)) {
      found.add(value.name);
      const named = values.find(({ name }) => name === value.name);
      if (named) visit(named.value);
    }
    for (const below of childrenOf(value)) visit(below);
  };
  for (const part of parts) {
    const isPower = part.kind === "operation" && part.operator === "pow" ||
      part.kind === "call" && part.name === "pow";
    const exponent = isPower ? childrenOf(part)[1] : undefined;
    if (exponent) visit(exponent);
  }
  return found;
}

/** A name of letters and digits, as leaves need; none twice. */
function leafName(name: string, names: readonly string[]): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9]*$/.test(name);
  if (isPlain && (names.includes(name) || name === "windowSize")) return name;
  const letters = name.normalize("NFKD").replaceAll(/[^A-Za-z0-9]/g, "");
  const free = (candidate: string) => !names.includes(candidate);
  const stem = `leaf${names.indexOf(name)}${letters}`;
  return free(stem) ? stem : leafName(`${name}0`, names);
}
