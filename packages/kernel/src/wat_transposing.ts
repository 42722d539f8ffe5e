import { sizeOf, type Value } from "@rockpool/core";
import { type Axis, type Geometry, volume } from "./geometry.ts";
import type { RunBindings } from "./device.ts";
import type { Program } from "./program.ts";
import type { PlacedValue, WatMachine, WatWork } from "./wat_machine.ts";
import type { WatPlan } from "./wat_plan.ts";
import { transposeMatrices } from "./wat_transpose_run.ts";

/** Reads of an element for each one that is moved, from which on moving pays. */
const WORTH_READS = 2;

/**
 * Whether windows of planes are better read from tensors that are transposed
 * for it, so that four channels are one load: where windows hold the elements
 * many times over and no schedule reads rows of planes.
 */
function paysTransposed(
  { schedule, channelsLast, lanes }: WatPlan,
  program: Program,
  geometry: Geometry,
): boolean {
  if (schedule !== "channels" || channelsLast || lanes === 1) return false;
  if (program.kind !== "window" || geometry.axes[2].kind !== "table") {
    return false;
  }
  const inputs = program.tensors.filter(({ role }) => role === "element");
  const others = program.tensors.filter(({ role }) => role === "perWindow");
  const moved = inputs.length * geometry.inputItems * volume(geometry.input) +
    (others.length + program.outputs.length) * geometry.items *
      volume(geometry.output);
  return elementsOfWindows(geometry) * inputs.length > WORTH_READS * moved;
}

/** The elements of all windows of a channel, each as often as it is read. */
function elementsOfWindows({ axes, items, output, per }: Geometry): number {
  const groups = per === "call" ? 1 : items;
  let sum = 0;
  for (let group = 0; group < groups; group++) {
    sum += axes.reduce(
      (product, axis, a) => product * axisElements(axis, output[a], group),
      1,
    );
  }
  return per === "call" ? sum * items : sum;
}

function axisElements(axis: Axis, windows: number, group: number): number {
  if (axis.kind === "slide") return axis.size * windows;
  let sum = 0;
  for (let i = 0; i < windows; i++) sum += axis.counts[group * windows + i];
  return sum;
}

/** A program that is run on tensors which are transposed for it, and back. */
export interface TransposedCall {
  /** The program. */
  readonly program: Program;
  /** Windows over the tensors as they are. */
  readonly geometry: Geometry;
  /** What it is run on. */
  readonly bindings: RunBindings<PlacedValue>;
  /** Runs it on transposed tensors. */
  run(bindings: RunBindings<PlacedValue>): void;
}

/** How programs run on transposed tensors. */
export interface Transposing {
  /** Whether that pays. */
  pays(plan: WatPlan, program: Program, geometry: Geometry): boolean;
  /** Does it. */
  readonly work: WatWork<TransposedCall>;
}

/**
 * What regions bring along. Other tables hold elements once or a few times, and
 * are read by rows of planes, so that their operators need not have it.
 */
export const transposing: Transposing = {
  pays: paysTransposed,
  work: runTransposed,
};

function runTransposed(
  machine: WatMachine,
  { program, geometry, bindings, run }: TransposedCall,
): void {
  const { channels, items, inputItems, input, output } = geometry;
  const valueLike = ({ shape, dtype }: Value): PlacedValue => ({
    shape,
    dtype,
    address: machine.allocate(4 * sizeOf(shape)),
  });
  const planes = {
    element: { items: inputItems, columns: volume(input) },
    perWindow: { items, columns: volume(output) },
  };
  const tensors = { ...bindings.tensors };
  for (const { name, role } of program.tensors) {
    if (role !== "element" && role !== "perWindow") continue;
    const from = tensors[name];
    const to = tensors[name] = valueLike(from);
    transposeMatrices(machine, {
      from: from.address,
      to: to.address,
      rows: channels,
      ...planes[role],
    });
  }
  const outputs: Record<string, PlacedValue> = {};
  for (const { name } of program.outputs) {
    outputs[name] = valueLike(bindings.outputs[name]);
  }
  run({ ...bindings, tensors, outputs });
  for (const { name } of program.outputs) {
    transposeMatrices(machine, {
      from: outputs[name].address,
      to: bindings.outputs[name].address,
      items,
      rows: volume(output),
      columns: channels,
    });
  }
}
