import {
  emitWat,
  emitWgsl,
  type Geometry,
  type Program,
  programsOf,
} from "@rockpool/kernel";
import { UsageError } from "./arguments.ts";
import type { RunPlan } from "./plan.ts";
import type { KernelCall } from "./trace.ts";

/** What a backend's kernels are written in. */
export type KernelLanguage = "wat" | "wgsl";

/** What a program is in a language, for certain windows. */
type Emit = (program: Program, geometry: Geometry) => string;

const emitters: Readonly<Record<KernelLanguage, Emit>> = {
  wat: (program, geometry) => emitWat(program, geometry).text,
  wgsl: (program, geometry) =>
    emitWgsl(program, geometry).stages.map(({ source }) => source).join("\n"),
};

/**
 * The texts of the kernels that a plan runs, each once, in order.
 *
 * @throws {UsageError} where the operator evaluates no formula
 */
export function kernelTexts(
  { op, settings, trace, gradOutput }: RunPlan,
  language: KernelLanguage,
): string[] {
  if (trace.calls.length === 0) {
    throw new UsageError(
      `Cannot print the kernel of ${op.name}: it evaluates no formula`,
    );
  }
  const train = settings["session-mode"] === "train";
  const backward = gradOutput !== undefined;
  const texts = trace.calls.flatMap((call) =>
    programsOfCall(call, train, backward)
      .map((program) => emitters[language](program, call.geometry))
  );
  return [...new Set(texts)];
}

function programsOfCall(
  { kernel }: KernelCall,
  train: boolean,
  backward: boolean,
): Program[] {
  const { infer, train: training, carry, gradients } = programsOf(kernel);
  const forward = train ? training : infer;
  if (!backward) return [forward];
  const carried = carry ? [carry] : [];
  return [forward, ...carried, ...gradients.map(({ program }) => program)];
}
