import type { Accumulator } from "./wgsl_folds.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";
import { rangeBegin } from "./wgsl_place.ts";
import type { WgslPlan } from "./wgsl_plan.ts";
import { difference, product, sum, type WgslText } from "./wgsl_text.ts";

/** Names the lengths of a window that a workgroup shares, and its `elements`. */
export function defineLengths(text: WgslText, plan: WgslPlan): void {
  const lengths = loopsOf(plan).map((axis) => {
    const name = `length_${axis.letter}`;
    const length = difference(`to_${axis.letter}`, rangeBegin(axis));
    text.let(name, `max(0, ${length})`);
    return name;
  });
  text.let("elements", product(...lengths));
}

/**
 * Runs lines for an invocation's elements of the window, with their `tap_…`:
 * neighbouring invocations have neighbouring elements.
 */
export function eachSharedElement(
  text: WgslText,
  plan: WgslPlan,
  body: () => void,
): void {
  const head =
    `for (var element = i32(lane); element < elements; element += ${WORKGROUP_SIZE})`;
  text.block(head, () => {
    let rest = "element";
    for (const [index, axis] of loopsOf(plan).toReversed().entries()) {
      const { letter } = axis;
      const isLast = index === loopsOf(plan).length - 1;
      const step = isLast ? rest : `${rest} % length_${letter}`;
      text.let(`tap_${letter}`, sum(rangeBegin(axis), step));
      if (isLast) continue;
      text.let(`rows_of_${letter}`, `${rest} / length_${letter}`);
      rest = `rows_of_${letter}`;
    }
    body();
  });
}

function loopsOf({ axes }: WgslPlan) {
  return axes.filter(({ kind }) => kind !== "unit");
}

/**
 * Merges what the invocations of a workgroup have accumulated: all of them have
 * the result then. The order is that of a tree, the same in every run.
 *
 * @returns the memory of the workgroup that it takes, by name and type
 */
export function mergeAccumulators(
  text: WgslText,
  accumulators: readonly Accumulator[],
): Record<string, string> {
  const variables = accumulators.flatMap(({ variables }) => variables);
  const put = () => {
    for (const { name } of variables) {
      text.line(`${memoryOf(name)}[lane] = ${name};`);
    }
  };
  put();
  const half = WORKGROUP_SIZE / 2;
  const head = `for (var others = ${half}u; others > 0u; others /= 2u)`;
  text.block(head, () => {
    text.line("workgroupBarrier();");
    text.block("if (lane < others)", () => {
      for (const accumulator of accumulators) {
        accumulator.merge((name) => `${memoryOf(name)}[lane + others]`);
      }
      put();
    });
  });
  text.line("workgroupBarrier();");
  for (const { name } of variables) {
    text.line(`${name} = ${memoryOf(name)}[0];`);
  }
  return Object.fromEntries(
    variables.map(({ name, type }) =>
      [memoryOf(name), `array<${type}, ${WORKGROUP_SIZE}>`] as const
    ),
  );
}

/** What the invocations of a workgroup have accumulated in a variable each. */
function memoryOf(variable: string): string {
  return `each_${variable}`;
}
