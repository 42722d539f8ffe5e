import type { MathNode } from "mathjs";
import { FormulaError } from "./formula_error.ts";
import type { Argument, Operator, Statement, Syntax } from "./syntax.ts";
import type { Token } from "./tokens.ts";

/** The name that takes the place of a token which is a name or a number. */
export function standIn(token: number): string {
  return `t${token}`;
}

function tokenOf(standIn: string): number {
  return Number(standIn.slice(1));
}

/** What nodes of mathjs have, whichever they are. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly content?: Node;
  readonly fn?: Node | string;
  readonly args?: readonly Node[];
  readonly implicit?: boolean;
  readonly object?: Node;
  readonly value?: Node;
  readonly condition?: Node;
  readonly trueExpr?: Node;
  readonly falseExpr?: Node;
  readonly conditionals?: readonly string[];
  readonly params?: readonly Node[];
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  add: "add",
  subtract: "subtract",
  multiply: "multiply",
  divide: "divide",
  pow: "pow",
  unaryMinus: "unaryMinus",
  unaryPlus: "unaryPlus",
  smaller: "smaller",
  smallerEq: "smallerEq",
  larger: "larger",
  largerEq: "largerEq",
  equal: "equal",
  unequal: "unequal",
  and: "and",
  or: "or",
  not: "not",
};

/** Reads nodes of mathjs whose names are stand-ins for tokens. */
export class NodeReader {
  constructor(readonly text: string, readonly tokens: readonly Token[]) {}

  statement(
    node: MathNode,
    comments: ReadonlyMap<number, string>,
  ): Statement {
    const { type, object, value } = node as unknown as Node;
    if (type !== "AssignmentNode") {
      const value = this.read(node as unknown as Node);
      return { name: undefined, start: value.start, value, comment: undefined };
    }
    const { name, start } = this.#assigned(object!);
    const comment = comments.get(start);
    return { name, start, value: this.read(value!), comment };
  }

  read(node: Node): Syntax {
    switch (node.type) {
      case "ParenthesisNode":
        return this.read(node.content!);
      case "SymbolNode":
        return this.#leaf(node);
      case "FunctionNode":
        return this.#call(node);
      case "OperatorNode":
        return this.#operator(node);
      case "RelationalNode":
        return this.#relations(node);
      case "ConditionalNode": {
        const parts = [node.condition!, node.trueExpr!, node.falseExpr!];
        return this.#operation("choose", parts);
      }
      case "AssignmentNode":
        return this.#refuse(
          this.#firstToken(node),
          "only a whole statement gives a name to a value",
        );
      case "FunctionAssignmentNode":
        return this.#refuse(
          tokenOf(node.name!),
          "a formula defines values, no functions",
        );
      default:
        throw new TypeError(`Cannot read a ${node.type} of mathjs`);
    }
  }

  #leaf(node: Node): Syntax {
    const token = this.tokens[tokenOf(node.name!)];
    const place = { start: token.index, at: token.index };
    return token.kind === "number"
      ? { kind: "number", value: Number(token.text), ...place }
      : { kind: "name", name: token.text, ...place };
  }

  #call(node: Node): Syntax {
    const at = this.#firstToken(node);
    const token = this.tokens[at];
    if (token.kind === "number") this.#missing(at + 1);
    const args = node.args!.map((arg): Argument => {
      if (arg.type !== "AssignmentNode") {
        const value = this.read(arg);
        return { name: undefined, start: value.start, value };
      }
      return { ...this.#assigned(arg.object!), value: this.read(arg.value!) };
    });
    const { text: name, index } = token;
    return { kind: "call", name, args, start: index, at: index };
  }

  #operator(node: Node): Syntax {
    const operands = node.args!;
    if (node.implicit) {
      const tokens = operands.map((it) =>
        it.type === "SymbolNode" ? this.tokens[tokenOf(it.name!)] : undefined
      );
      if (tokens.every((token) => token?.kind === "name")) {
        const words = tokens.map((token) => token!.text);
        const start = tokens[0]!.index;
        return { kind: "words", words, start, at: tokens[1]!.index };
      }
      let first = node;
      while (first.args![0].implicit) first = first.args![0];
      this.#missing(this.#firstToken(first.args![1]));
    }
    return this.#operation(OPERATORS[node.fn as string], operands);
  }

  /** `a < b < c` is `a < b and b < c`. */
  #relations({ conditionals, params }: Node): Syntax {
    return conditionals!
      .map((operator, at) =>
        this.#operation(OPERATORS[operator], params!.slice(at, at + 2))
      )
      .reduce((left, right): Syntax => ({
        kind: "operation",
        operator: "and",
        operands: [left, right],
        start: left.start,
        at: right.at,
      }));
  }

  #operation(operator: Operator, nodes: readonly Node[]): Syntax {
    const operands = nodes.map((node) => this.read(node));
    const prefix = nodes.length === 1;
    const at = prefix
      ? this.#operatorBefore(operands[0].start)
      : this.#operatorAfter(this.#lastToken(nodes[0]));
    const { index } = this.tokens[at];
    const start = prefix ? index : operands[0].start;
    return { kind: "operation", operator, operands, start, at: index };
  }

  #assigned(node: Node): { name: string; start: number } {
    const at = this.#firstToken(node);
    const { kind, text, index } = this.tokens[at];
    if (kind === "number") {
      this.#refuse(at, "a number cannot be given another value");
    }
    return { name: text, start: index };
  }

  /** The first name or number of a node. */
  #firstToken(node: Node): number {
    return this.#leaves(node)[0];
  }

  #lastToken(node: Node): number {
    return this.#leaves(node).at(-1)!;
  }

  /** The numbers of a node's tokens, in order. */
  #leaves(node: Node): number[] {
    const found: number[] = [];
    (node as unknown as MathNode).traverse(({ type, ...it }) => {
      if (type === "SymbolNode") {
        found.push(tokenOf((it as unknown as { name: string }).name));
      }
    });
    return found.sort((a, b) => a - b);
  }

  /** The operator behind an operand, which may end with parentheses. */
  #operatorAfter(token: number): number {
    let at = token + 1;
    while (["(", ")"].includes(this.tokens[at].text)) at += 1;
    return at;
  }

  /** The operator before what starts there, or before its parentheses. */
  #operatorBefore(start: number): number {
    let at = this.tokens.findIndex(({ index }) => index === start) - 1;
    while (this.tokens[at].text === "(") at -= 1;
    return at;
  }

  #missing(token: number): never {
    return this.#refuse(token, `an operator is missing, perhaps a "*"`);
  }

  #refuse(token: number, what: string): never {
    const { index } = this.tokens[token];
    throw new FormulaError(what, { text: this.text, index });
  }
}
