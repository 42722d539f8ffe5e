import type { Expression } from "./expression.ts";
import type { Operation } from "./operation.ts";
import { topological } from "./traverse.ts";
import { isFold, type Program, type ProgramOutput } from "./program.ts";
import { OF_VECTORS } from "./wgsl_helpers.ts";
import { readName, type WgslField } from "./wgsl_module.ts";
import { Names } from "./wgsl_names.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { enclose, product, sum, type WgslText } from "./wgsl_text.ts";
import { type ScalarType, splat, vector, vectorOf } from "./wgsl_vector.ts";
import {
  FUNCTIONS,
  INFIX,
  literal,
  LOADS,
  OF_BOTH,
  WORDS,
} from "./wgsl_words.ts";

/** The argument that a scalar of a program is. */
export function scalarField(name: string): string {
  return `scalar_${name}`;
}

/**
 * The values of expressions in one scope of the text: what is used twice gets
 * a name there, once; scopes inside see the names of those around them.
 */
export class WgslValues {
  readonly #known = new Map<Expression, string>();

  private constructor(
    readonly text: WgslText,
    private readonly names: Names,
    private readonly outer: WgslValues | undefined,
  ) {}

  /** The outermost scope of a program, and of other formulas of its text. */
  static of(
    { outputs }: Pick<Program, "outputs">,
    plan: WgslPlan,
    text: WgslText,
    others: readonly ProgramOutput[] = [],
  ): WgslValues {
    const names = new Names([...outputs, ...others], plan);
    return new WgslValues(text, names, undefined);
  }

  /** A scope inside this one. */
  inner(): WgslValues {
    return new WgslValues(this.text, this.names, this);
  }

  /** Arguments that stand for numbers which the text cannot hold. */
  get constants(): readonly WgslField[] {
    return this.names.constants;
  }

  /** A new name that begins with a word. */
  newName(word: string): string {
    return this.names.next(word);
  }

  /** Whether variables that accumulate hold a value for each lane. */
  get inLanes(): boolean {
    return this.names.plan.vectors !== "none";
  }

  /** Where the element stands that the loops have come to. */
  position(): string {
    return this.#leaf("position");
  }

  /** Tells what the text calls a value already. */
  define(x: Expression, name: string): void {
    this.#known.set(x, name);
  }

  /** The value as text; what it needs is named in the lines before. */
  value(x: Expression): string {
    this.#prepare(x);
    return this.#render(x);
  }

  /** The value as one word: a name or a leaf. */
  word(x: Expression): string {
    const text = this.value(x);
    return enclose(text) === text && !text.includes("(")
      ? text
      : this.#name(x, text);
  }

  /** The value, for each lane where there are any. */
  lanes(x: Expression): string {
    const text = this.value(x);
    return this.inLanes && !this.#isVector(x) ? splat(typeOf(x), text) : text;
  }

  /** The same as one word. */
  laneWord(x: Expression): string {
    if (!this.inLanes || this.#isVector(x)) return this.word(x);
    const name = this.newName(x.operation);
    this.text.let(name, this.lanes(x));
    return name;
  }

  /**
   * Names, in this scope, what formulas of an inner scope need of it: the
   * values that change no more often than `level`.
   */
  hoist(formulas: readonly Expression[], level: Expression["level"]): void {
    const isOuter = (x: Expression) =>
      x.level === "uniform" || x.level === level;
    const needed = new Set(formulas.filter(isOuter));
    for (const x of topological(formulas)) {
      if (!isOuter(x)) {
        for (const y of x.operands) if (isOuter(y)) needed.add(y);
      }
    }
    for (const x of needed) if (isCostly(x)) this.word(x);
  }

  #lookUp(x: Expression): string | undefined {
    const known = this.#known.get(x);
    if (known !== undefined || !this.outer) return known;
    return this.outer.#lookUp(x);
  }

  /** Names what has to have a name below an expression. */
  #prepare(x: Expression): void {
    if (this.#lookUp(x) !== undefined) return;
    for (const y of valueOperands(x)) this.#prepare(y);
    const operands = valueOperands(x);
    if (operands.length > 0 && operands.every(isNumber)) {
      // As variables: compilers refuse constants that come to no number.
      for (const y of operands) this.#name(y, this.#render(y));
    }
    const isLoad = LOADS[x.operation] !== undefined;
    if (isLoad || (isCostly(x) && this.names.isShared(x))) {
      this.#name(x, this.#render(x));
    }
  }

  #name(x: Expression, text: string): string {
    const known = this.#lookUp(x);
    if (known !== undefined) return known;
    const name = x.operation in LOADS
      ? `${x.name}_value`
      : this.names.next(x.operation);
    this.text.let(name, text);
    this.define(x, name);
    return name;
  }

  /** Whether the value is one for each lane. */
  #isVector(x: Expression): boolean {
    const { vectors } = this.names.plan;
    if (vectors === "none") return false;
    return vectors === "results"
      ? x.level !== "uniform"
      : x.level === "element";
  }

  #load(x: Expression, at: string): string {
    const tensor = x.name;
    const { packed, schedule } = this.names.plan;
    const index = packed.indexOf(tensor);
    if (index >= 0) {
      const start = index === 0 ? "0" : product(`${index}`, "call.packed_step");
      return `packed[${sum(start, at)}]`;
    }
    const from = (index: string) => `${readName(tensor)}[${index}]`;
    if (!this.#isVector(x)) return from(at);
    if (x.operation === "tap") {
      return vector("f32", [..."xyzw"].map((lane) => from(`${at}.${lane}`)));
    }
    if (schedule.kind !== "lanes") return from(at);
    if (x.operation === "channel" || x.operation === "plane") {
      return splat("f32", from(at));
    }
    if (x.operation === "element") {
      throw new TypeError(`Cannot load ${tensor}: lanes have elements before`);
    }
    if (schedule.outputs === 4) return from(`${at} / 4`);
    const lanes = [0, 1, 2, 3].map((lane) =>
      from(sum(at, product(`${lane}`, schedule.outputStep)))
    );
    return vector(typeOf(x), lanes);
  }

  /** A leaf that the surrounding text defines, for each lane. */
  #leaf(operation: Operation): string {
    const word = WORDS[operation]!;
    const { vectors, schedule } = this.names.plan;
    const isTap = operation === "tapIndex";
    const isCount = operation === "count" || operation === "paddedCount";
    if (vectors === "none" || (vectors === "elements" && isCount)) {
      return isTap ? `f32(${word})` : word;
    }
    // Lanes of neighbouring windows have a place each.
    if (schedule.kind === "lanes" || vectors === "elements") {
      return isTap ? `${vectorOf("f32")}(${word})` : word;
    }
    if (isTap) return splat("f32", `f32(${word})`);
    return splat(isCount ? "f32" : "i32", word);
  }

  #render(x: Expression): string {
    const known = this.#lookUp(x);
    if (known !== undefined) return known;
    const isVector = this.#isVector(x);
    const render = (y: Expression) => {
      const text = this.#render(y);
      return isVector && !this.#isVector(y) ? splat(typeOf(y), text) : text;
    };
    const operand = (y: Expression) => enclose(render(y));
    const number = (type: ScalarType, text: string) =>
      isVector ? splat(type, text) : text;
    const [a, b] = x.operands;
    const load = LOADS[x.operation];
    if (load) return this.#load(x, load);
    const infix = INFIX[x.operation];
    if (infix) {
      // Conditions of lanes know no short circuit.
      const of = isVector ? infix.replace(/^(&|\|)\1$/, "$1") : infix;
      return `${operand(a)} ${of} ${operand(b)}`;
    }
    const isExtreme = x.operation === "max" || x.operation === "min";
    // What cannot be NaN needs no test for it.
    const called = isExtreme && x.operands.every(isNeverNaN)
      ? x.operation
      : FUNCTIONS[x.operation];
    if (called) {
      const name = isVector && !OF_BOTH.has(called)
        ? called + OF_VECTORS
        : called;
      return `${name}(${x.operands.map(render).join(", ")})`;
    }
    if (x.operation in WORDS) return this.#leaf(x.operation);
    const random = (name: string, place: string) =>
      `${name}${isVector ? OF_VECTORS : ""}(${place}, ${
        number("u32", `${x.value}u`)
      })`;
    switch (x.operation) {
      case "constant":
        return literal(x.value) ?? this.names.constant(x.value);
      case "integer":
        return String(x.value);
      case "scalar":
        return `call.${scalarField(x.name)}`;
      case "asNumber":
        return isVector
          ? `${vectorOf("f32")}(${render(a)})`
          : `f32(${render(a)})`;
      case "windowRandom":
        return random("random", "place");
      case "windowWord":
        return `${isVector ? vectorOf("i32") : "i32"}(${
          random("random_word", "place")
        })`;
      case "elementRandom":
        return random("random", "place_tap");
      case "neg":
        return `-${operand(a)}`;
      case "likely":
        return operand(a);
      case "not":
        return `!${operand(a)}`;
      case "select":
      case "selectIndex": {
        const [condition, yes, no] = x.operands.map(render);
        return `select(${no}, ${yes}, ${condition})`;
      }
      default:
        throw new TypeError(
          `Cannot emit ${x.operation} as WGSL where there is no window to fold`,
        );
    }
  }
}

function isNeverNaN({ operation, value }: Expression): boolean {
  return operation === "count" || operation === "paddedCount" ||
    (operation === "constant" && !Number.isNaN(value));
}

function typeOf(x: Expression): ScalarType {
  return x.type;
}

/** The operands that the value depends on. */
function valueOperands(x: Expression): readonly Expression[] {
  return isFold(x) ? [] : x.operands;
}

function isNumber(x: Expression): boolean {
  return x.operation === "constant";
}

/** Whether an expression is worth a name. */
function isCostly(x: Expression): boolean {
  return x.operands.length > 0 || x.operation in LOADS ||
    x.operation.endsWith("Random") || x.operation === "windowWord";
}
