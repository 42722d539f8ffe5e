import type { Expression } from "./expression.ts";
import type { ProgramOutput } from "./program.ts";
import { topological } from "./traverse.ts";
import type { WgslField } from "./wgsl_module.ts";
import type { WgslPlan } from "./wgsl_plan.ts";

/** What all values of a program share: how often each is used, their names. */
export class Names {
  readonly plan: WgslPlan;
  readonly constants: WgslField[] = [];
  readonly #uses = new Map<Expression, number>();
  readonly #counters = new Map<string, number>();

  /** @param outputs all formulas of the text */
  constructor(outputs: readonly ProgramOutput[], plan: WgslPlan) {
    this.plan = plan;
    const use = (x: Expression) =>
      this.#uses.set(x, (this.#uses.get(x) ?? 0) + 1);
    for (const { value } of outputs) use(value);
    for (const x of topological(outputs.map(({ value }) => value))) {
      x.operands.forEach(use);
    }
  }

  isShared(x: Expression): boolean {
    return (this.#uses.get(x) ?? 0) > 1;
  }

  /** `word_0`, `word_1` and so on. */
  next(word: string): string {
    const count = this.#counters.get(word) ?? 0;
    this.#counters.set(word, count + 1);
    return `${word}_${count}`;
  }

  /** A number that cannot stand in the text, as an argument of the call. */
  constant(value: number): string {
    let field = this.constants.find((one) => Object.is(one.value, value));
    if (!field) {
      field = { name: this.next("constant"), type: "f32", value };
      this.constants.push(field);
    }
    return `call.${field.name}`;
  }
}
