import { formatShape, type Shape } from "@rockpool/core";
import type { Outcome, RunTimes } from "./execute.ts";
import type { RunPlan, Tensors } from "./plan.ts";

/** Where a plan ran, for people. */
interface Place {
  readonly name: string;
  readonly info: string;
}

/** What a program is told of a tensor. */
interface Described {
  readonly shape: Shape;
  readonly dtype: "float32" | "int32";
}

/** What ran and how long each part took, as JSON; times are in milliseconds. */
export function jsonReport(
  { op, options, settings, inputs, trace }: RunPlan,
  outcome: Outcome,
  { name, info }: Place,
): string {
  const weights = Object.entries(trace.weights).map((
    [name, { shape, help }],
  ) => [name, { shape, help }]);
  const report = {
    operator: op.name,
    backend: { name, info },
    mode: settings["session-mode"],
    seed: settings["session-seed"],
    options,
    inputs: describeAll(inputs),
    weights: Object.fromEntries(weights),
    outputs: describeAll(outcome.outputs),
    gradients: describeAll(outcome.gradients),
    milliseconds: outcome.times.map(roundAll),
  };
  // Of a tensor among the options the shape tells enough.
  const withoutNumbers = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? undefined : value;
  return JSON.stringify(report, withoutNumbers, 2);
}

/** What ran and how long the last run took, in two lines for people. */
export function textReport(
  { op, inputs }: RunPlan,
  { outputs, times }: Outcome,
  { name, info }: Place,
): string {
  const last = times[times.length - 1];
  const parts = Object.entries(roundAll(last))
    .map(([part, milliseconds]) => `${part} ${milliseconds} ms`);
  const runs = times.length > 1 ? ` (the last of ${times.length} runs)` : "";
  return `${op.name} on ${name} (${info}): ${shapes(inputs)} → ${
    shapes(outputs)
  }\n${parts.join(", ")}${runs}`;
}

function shapes(tensors: Tensors): string {
  return Object.entries(tensors)
    .map(([name, { shape }]) => `${name} ${formatShape(shape)}`)
    .join(", ");
}

function describeAll(tensors: Tensors): Record<string, Described> {
  const described: Record<string, Described> = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const dtype = data instanceof Int32Array ? "int32" : "float32";
    described[name] = { shape, dtype };
  }
  return described;
}

function roundAll(times: RunTimes): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const [part, milliseconds] of Object.entries(times)) {
    // A backward pass that was not made has no time.
    if (milliseconds !== undefined) {
      rounded[part] = Math.round(milliseconds * 1000) / 1000;
    }
  }
  return rounded;
}
