import type { OptionRule } from "@rockpool/core";
import { DATA_KINDS } from "./make_tensor.ts";
import { optionLevels } from "./option_levels.ts";
import { type Choice, pairwise } from "./pairwise.ts";
import { makeRandom } from "./random.ts";
import {
  completed,
  type ConformanceCase,
  fits,
  type InputGenerator,
  type OptionCompletion,
  type TriedOp,
} from "./subject.ts";

/** Spatial lengths; the last ones are taken where there are fewer axes. */
const LENGTHS = [[7, 5, 9], [4, 6, 8], [3, 5, 37], [1, 1, 1]];

/** Items of the batch, if there is one, and channels. */
const PLANES = [{ batch: [2], channels: 3 }, { batch: [], channels: 5 }, {
  batch: [1],
  channels: 9,
}];

/**
 * The cases that an operator is tried with: its options by their rules,
 * shapes, and kinds of data, so that every two values that go together meet.
 *
 * @throws {RangeError} where the operator accepts none
 */
export function makeGrid(
  op: TriedOp,
  inputs: InputGenerator,
  complete: OptionCompletion = (_, options) => options,
): ConformanceCase[] {
  const rules = Object.entries<OptionRule>(op.options)
    .filter(([name]) => name !== "axes")
    .map(([name, rule]) => ({ name, levels: optionLevels(rule) }))
    // A tensor has none: who requires one completes the options.
    .filter(({ levels }) => levels.length > 0);
  const anyAxes = Object.hasOwn(op.options, "axes");
  const counts = [
    anyAxes ? 3 : 1,
    LENGTHS.length,
    PLANES.length,
    DATA_KINDS.length,
    ...rules.map(({ levels }) => levels.length),
  ];
  const caseOf = (choice: Choice): ConformanceCase => {
    const [axesLevel, lengths, planes, data, ...levels] = choice;
    const axes = anyAxes ? axesLevel + 1 : 2;
    const options: Record<string, unknown> = Object.fromEntries(
      rules.map((rule, index) => [rule.name, rule.levels[levels[index]](axes)]),
    );
    // Without the option, rank 3 and 4 stand for two axes.
    if (axes !== 2) options.axes = axes;
    const spatial = LENGTHS[lengths].slice(-axes);
    const { batch, channels } = PLANES[planes];
    const inner = options.layout === "NHWC"
      ? [...spatial, channels]
      : [channels, ...spatial];
    const shape = [...batch, ...inner];
    return completed({ complete }, { shape, options, data: DATA_KINDS[data] });
  };
  const cases = pairwise(counts, {
    random: makeRandom(0),
    accepts: (choice) => fits({ op, inputs }, caseOf(choice)),
  }).map(caseOf);
  if (cases.length > 0) return cases;
  throw new RangeError(
    `Cannot try ${op.name}: no shape and options that its shape() accepts were found, give some as cases`,
  );
}
