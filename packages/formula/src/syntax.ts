/** A part of a formula, and where errors about it point. */
export type Syntax =
  & { readonly start: number; readonly at: number }
  & (
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "words"; readonly words: readonly string[] }
    | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Argument[];
    }
    | {
      readonly kind: "operation";
      readonly operator: Operator;
      readonly operands: readonly Syntax[];
    }
  );

/** What operators there are; `choose` is `condition ? yes : no`. */
export type Operator =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "pow"
  | "unaryMinus"
  | "unaryPlus"
  | "smaller"
  | "smallerEq"
  | "larger"
  | "largerEq"
  | "equal"
  | "unequal"
  | "and"
  | "or"
  | "not"
  | "choose";

/** What a function is given; some take arguments by name. */
export interface Argument {
  readonly name: string | undefined;
  readonly start: number;
  readonly value: Syntax;
}

/** A line of a formula: a value, and what it is called. */
export interface Statement {
  readonly name: string | undefined;
  readonly start: number;
  readonly value: Syntax;
  /** What is said about it behind a `#`. */
  readonly comment: string | undefined;
}
