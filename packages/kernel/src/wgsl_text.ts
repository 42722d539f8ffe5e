/** WGSL under construction: lines, deeper inside blocks. */
export class WgslText {
  readonly #lines: string[] = [];
  #depth = 1;

  /** Adds a line. */
  line(text: string): void {
    this.#lines.push("  ".repeat(this.#depth) + text);
  }

  /** Names a value that does not change. */
  let(name: string, value: string): void {
    this.line(`let ${name} = ${value};`);
  }

  /** Adds lines in braces, behind a head such as `if (…)`. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`.trimStart());
    this.#depth += 1;
    body();
    this.#depth -= 1;
    this.line("}");
  }

  /** Adds lines in braces inside each other, one pair for each head. */
  nest(heads: readonly (() => string)[], body: () => void): void {
    const [head, ...inner] = heads;
    if (!head) return body();
    this.block(head(), () => this.nest(inner, body));
  }

  /** All lines. */
  toString(): string {
    return this.#lines.join("\n");
  }
}

/** A product as text: the factors that are not 1. */
export function product(...factors: string[]): string {
  const some = factors.filter((factor) => factor !== "1");
  return some.length === 0 ? "1" : some.map(enclose).join(" * ");
}

/** A sum as text: the terms that are not 0. */
export function sum(...terms: string[]): string {
  const some = terms.filter((term) => term !== "0");
  return some.length === 0 ? "0" : some.join(" + ");
}

/** A difference as text. */
export function difference(a: string, b: string): string {
  return b === "0" ? a : `${a} - ${enclose(b)}`;
}

/** A term that can be an operand: in parentheses unless it is one word or call. */
export function enclose(text: string): string {
  return isOneTerm(text) ? text : `(${text})`;
}

function isOneTerm(text: string): boolean {
  if (!/[^\w.]/.test(text)) return true;
  const head = /^[\w.]*(<\w+>)?[([]/.exec(text);
  if (!head) return false;
  let depth = 1;
  for (let at = head[0].length; at < text.length; at++) {
    if (text[at] === "(" || text[at] === "[") depth += 1;
    else if (text[at] === ")" || text[at] === "]") depth -= 1;
    if (depth === 0) return at === text.length - 1;
  }
  return false;
}
