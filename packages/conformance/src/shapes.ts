import { equalShapes, formatShape, validateOptions } from "@rockpool/core";
import type { Check } from "./check.ts";
import { expectedOf } from "./expected.ts";
import {
  type ConformanceCase,
  describeCase,
  inputsOf,
  shapesOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** What `shape()` says is the shape that `y` has. */
export const shapes: Check = {
  name: "has the shape that shape() says",
  hint: "shape() must agree with the windows that forward() asks for: " +
    "slideShape() and slide(), say, with the same options",
  ofInterpreter: true,
  trials: (subject) =>
    subject.cases.map((trial) => ({
      name: describeCase(trial),
      case: trial,
      run: () => shapeFaults(subject, trial),
    })),
};

async function shapeFaults(
  subject: Subject,
  trial: ConformanceCase,
): Promise<string[]> {
  const { op } = subject;
  const inputs = inputsOf(subject, trial);
  const weights = weightsOf(subject, trial, inputs);
  const options = validateOptions(op.options, trial.options);
  const said = op.shape(shapesOf(inputs), options, weights);
  // What agreement compares to, too: it is computed once.
  const { y } = await expectedOf(trial, { subject, mode: "train" })
    .catch((error) => {
      throw new Error(
        `shape() accepts these options, but forward() does not: ${error}`,
      );
    });
  return equalShapes(said, y.shape) ? [] : [
    `shape() says ${formatShape(said)}, but y has shape ${
      formatShape(y.shape)
    }`,
  ];
}
