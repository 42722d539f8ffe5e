import type { Axis } from "./geometry.ts";
import { interpret } from "./interpret.ts";
import { makeProgram } from "./program.ts";
import type { WindowKernel } from "./window_kernel.ts";

/**
 * Evaluates a kernel over one window that holds all given elements: for
 * trying out a formula.
 */
export function interpretWindow(
  kernel: WindowKernel,
  inputs: Readonly<Record<string, readonly number[]>>,
  scalars: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const length = inputs[kernel.inputs[0]].length;
  const axis = (size: number): Axis => ({
    kind: "slide",
    size,
    stride: size,
    before: 0,
    after: 0,
    dilation: 1,
  });
  const outputs = Object.entries(kernel.outputs)
    .map(([name, value]) => ({ name, value }));
  const results = interpret(makeProgram("window", kernel.name, outputs), {
    inputShape: [1, length],
    outputShape: [1, 1],
    layout: "NCHW",
    items: 1,
    inputItems: 1,
    channels: 1,
    input: [1, 1, length],
    output: [1, 1, 1],
    axes: [axis(1), axis(1), axis(length)],
    per: "call",
    sources: undefined,
  }, { tensors: inputs, scalars, stream: { seed: 0, stream: 0 } });
  return Object.fromEntries(
    Object.entries(results).map(([name, [value]]) => [name, value]),
  );
}
