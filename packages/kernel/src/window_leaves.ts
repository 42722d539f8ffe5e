import {
  type Bindings,
  equalShapes,
  formatShape,
  type Shape,
  sizeOf,
} from "@rockpool/core";
import { type Geometry, windowSize } from "./geometry.ts";
import type { WindowKernel } from "./window_kernel.ts";

/** A tensor that a kernel reads. */
interface Leaf {
  readonly name: string;
  /** What its shape must be. */
  readonly shape: Shape;
  /** Whether positions in the window may have axes of their own. */
  readonly perTap: boolean;
}

/** What a kernel must be given, by windows that cannot change. */
const known = new WeakMap<WindowKernel, WeakMap<Geometry, readonly Leaf[]>>();

/** The tensors that a kernel reads over some windows. */
function leavesOf(kernel: WindowKernel, geometry: Geometry): readonly Leaf[] {
  let byWindows = known.get(kernel);
  if (!byWindows) known.set(kernel, byWindows = new WeakMap());
  let leaves = byWindows.get(geometry);
  if (!leaves) {
    leaves = makeLeaves(kernel, geometry);
    if (Object.isFrozen(geometry)) byWindows.set(geometry, leaves);
  }
  return leaves;
}

function makeLeaves(kernel: WindowKernel, geometry: Geometry): readonly Leaf[] {
  const { inputShape, outputShape, items, channels } = geometry;
  const { inputs, leaves: { channels: perChannel, planes, windows, taps } } =
    kernel;
  const leaves = (names: readonly string[], shape: Shape, perTap = false) =>
    names.map((name) => ({ name, shape, perTap }));
  return [
    ...leaves(inputs, inputShape),
    ...leaves(perChannel, [channels]),
    ...leaves(planes, [items, channels]),
    ...leaves(windows, outputShape),
    ...leaves(taps, [channels, windowSize(geometry)], true),
  ];
}

const NO_SCALARS: Readonly<Record<string, number>> = Object.freeze({});

/**
 * Checks that all leaves of a kernel are given, with the shapes they need.
 *
 * @throws {TypeError} for a missing or superfluous name, or indices for numbers
 * @throws {RangeError} for a wrong shape or a scalar that is NaN
 */
export function checkLeaves(
  kernel: WindowKernel,
  geometry: Geometry,
  { values, scalars = NO_SCALARS }: Bindings,
): void {
  const leaves = leavesOf(kernel, geometry);
  checkNames(kernel, leaves, values);
  checkNames(kernel, leaves, scalars);
  for (const { name, shape, perTap } of leaves) {
    const value = values[name];
    if (!value) {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: its tensor "${name}" is missing`,
      );
    }
    if (value.dtype !== "float32") {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: "${name}" is ${value.dtype}, float32 is needed`,
      );
    }
    const fits = perTap
      ? value.shape[0] === shape[0] && sizeOf(value.shape) === sizeOf(shape)
      : equalShapes(value.shape, shape);
    if (!fits) {
      throw new RangeError(
        `Cannot run kernel ${kernel.name}: "${name}" has shape ${
          formatShape(value.shape)
        }, ${formatShape(shape)} is needed`,
      );
    }
  }
  for (const name of kernel.leaves.scalars) {
    if (typeof scalars[name] !== "number" || Number.isNaN(scalars[name])) {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: its scalar "${name}" is ${
          scalars[name]
        }, a number is needed`,
      );
    }
  }
}

function checkNames(
  kernel: WindowKernel,
  leaves: readonly Leaf[],
  given: Readonly<Record<string, unknown>>,
): void {
  for (const name in given) {
    const isKnown = leaves.some((leaf) => leaf.name === name) ||
      kernel.leaves.scalars.includes(name);
    if (isKnown) continue;
    throw new TypeError(
      `Cannot run kernel ${kernel.name}: it has no leaf "${name}"`,
    );
  }
}
