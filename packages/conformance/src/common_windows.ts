import { slideOptions } from "@rockpool/kernel";
import { DATA_KINDS } from "./make_tensor.ts";
import type { ConformanceCase, TriedOp } from "./subject.ts";

/** Whether an operator has the options of sliding windows. */
export function hasSlidingWindows(
  { options }: Pick<TriedOp, "options">,
): boolean {
  return Object.keys(slideOptions).every((name) =>
    Object.hasOwn(options, name)
  );
}

const OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  kernelSize: [2, 3, 5],
  stride: [1, 2],
  padding: [0, 1],
  layout: ["NCHW", "NHWC"],
};

/**
 * The windows that networks use, each with each, on rows of several vectors
 * and a rest: backends have fast paths for them. None for an operator without
 * sliding windows.
 */
export function commonWindows(op: TriedOp): ConformanceCase[] {
  if (!hasSlidingWindows(op)) return [];
  return product(OPTIONS).map((options, index) => ({
    shape: options.layout === "NHWC" ? [2, 8, 11, 11] : [2, 3, 8, 37],
    options,
    data: DATA_KINDS[index % DATA_KINDS.length],
  }));
}

/** All ways to choose a value for each name. */
function product(
  choices: Readonly<Record<string, readonly unknown[]>>,
): Record<string, unknown>[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(choices)) {
    all = all.flatMap((chosen) =>
      values.map((value) => ({ ...chosen, [name]: value }))
    );
  }
  return all;
}
