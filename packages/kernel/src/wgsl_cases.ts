import type { Program, ProgramOutput } from "./program.ts";
import type { UsualCase } from "./usual_case.ts";
import type { WgslText } from "./wgsl_text.ts";
import type { WgslValues } from "./wgsl_values.ts";
import { vectorOf } from "./wgsl_vector.ts";

/** An output and its value as text. */
export interface WgslResult {
  readonly name: string;
  readonly text: string;
}

/** What an invocation does to compute some outputs, and to write them. */
export interface WgslSteps {
  /** Adds lines that fold what the formulas need. */
  fold(scope: WgslValues, formulas: readonly ProgramOutput[]): void;
  /** Adds lines that write what was computed. */
  write(results: readonly WgslResult[]): void;
}

/**
 * Adds lines for the usual case of a program, if it has one, and, where not all
 * lanes meet its conditions, for the others. A lane that does has its result
 * from the usual case whatever its neighbours do, so that no bit depends on
 * them.
 */
export function emitCases(
  text: WgslText,
  { program, usual, values }: {
    readonly program: Program;
    readonly usual: UsualCase | undefined;
    readonly values: WgslValues;
  },
  { fold, write }: WgslSteps,
): void {
  const kept = new Map<string, string>();
  if (usual) keepUsual(usual);
  const scope = values.inner();
  fold(scope, program.outputs);
  write(program.outputs.map(({ name, value }) => {
    const own = scope.lanes(value);
    const known = kept.get(name);
    return { name, text: known ? `select(${own}, ${known}, is_usual)` : own };
  }));

  function keepUsual({ outputs, conditions }: UsualCase): void {
    const typed = (type: string) =>
      values.inLanes ? vectorOf(type as "f32") : type;
    for (const { name, value } of outputs) {
      const variable = values.newName("usual");
      text.line(`var ${variable}: ${typed(value.type)};`);
      kept.set(name, variable);
    }
    text.line(`var is_usual: ${typed("bool")};`);
    text.block("", () => {
      const scope = values.inner();
      fold(scope, formulasOf({ outputs, conditions }));
      for (const { name, value } of outputs) {
        text.line(`${kept.get(name)} = ${scope.lanes(value)};`);
      }
      const all = conditions.map((condition) => scope.lanes(condition));
      text.line(`is_usual = ${all.join(" & ")};`);
    });
    text.block(`if (${values.inLanes ? "all(is_usual)" : "is_usual"})`, () => {
      write([...kept].map(([name, text]) => ({ name, text })));
      text.line("return;");
    });
    // Without lanes, whoever comes here is not usual.
    if (!values.inLanes) kept.clear();
  }
}

/** All that is computed in the usual case, conditions included. */
export function formulasOf(
  { outputs, conditions }: UsualCase,
): ProgramOutput[] {
  const more = conditions.map((value, index) => ({
    name: `condition ${index}`,
    value,
  }));
  return [...outputs, ...more];
}
