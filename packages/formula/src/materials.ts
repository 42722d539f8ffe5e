import type { Builtins, Expression, Fold } from "@rockpool/kernel";
import type { Parity } from "./power.ts";

/** What a formula is computed from. */
export interface Materials {
  /** Expressions of the inputs and parameters, by the formula's names. */
  readonly leaves: Readonly<Record<string, Expression>>;
  /** The number of positions of a window. */
  readonly size: Expression;
  readonly fold: Fold;
  readonly builtins: Builtins;
  /** Whether it is for training; undefined where that is the caller's choice. */
  readonly training: boolean;
  /** The parameters that are constants of this expression. */
  readonly known: Readonly<Record<string, number>>;
  /** What is known of the others where they are exponents. */
  readonly exponents: ReadonlyMap<Expression, Exponent>;
}

/** What is known of a parameter that is an exponent. */
export interface Exponent {
  /** Whether it is whole, and of which kind. */
  readonly parity: Parity;
  /** Whether it is 1 or greater. */
  readonly atLeastOne: boolean;
}

/** A power that a formula has, for those who rewrite it. */
export interface Power {
  /** What is raised. */
  readonly base: Expression;
  /** To which power. */
  readonly exponent: Expression;
  /** Raises something else to it. */
  raise(base: Expression): Expression;
}
