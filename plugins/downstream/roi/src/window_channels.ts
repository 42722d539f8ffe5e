import { MAX_ELEMENTS, type Shape, sizeOf } from "@rockpool/core";
import {
  type AxisRows,
  type PositionSamples,
  productSamples,
  sampleKernel,
} from "@rockpool/kernel";
import { itemsOf, type RegionsPlan, regionsShape } from "./plan.ts";

/** How many windows a region is divided into. */
export function windowsOf({ outputSize }: RegionsPlan): number {
  return outputSize.reduce((n, windows) => n * windows, 1);
}

/**
 * Samples of which each window reads a channel of its own: channel c of the
 * output reads channel `c · windows + w` in window w.
 *
 * Both tensors count as one plane, so that an entry may name any element.
 *
 * @throws {RangeError} where there is more than 32-bit offsets reach
 */
export function windowChannels(
  shape: Shape,
  plan: RegionsPlan,
  rows: readonly (readonly AxisRows[])[],
): PositionSamples {
  const { planes: { items, channels, spatial, layout }, sources } = plan;
  const { outputSize } = plan;
  // What a plane would be read by, if it were the only one of its item.
  const plane = productSamples([items, 1, ...spatial], {
    items: itemsOf(plan, rows),
    outputSize,
  });
  const windows = windowsOf(plan);
  const outputs = channels / windows;
  const outputShape = regionsShape(plan, outputs);
  const count = plane.sums.entries.length * outputs;
  if (count > MAX_ELEMENTS) {
    throw new RangeError(
      `Cannot sample ${count} elements: 32-bit offsets reach ${MAX_ELEMENTS}`,
    );
  }
  const offsets = new Int32Array(sizeOf(outputShape) + 1);
  const entries = new Int32Array(count);
  const weights = new Float32Array(count);
  const last = layout === "NHWC";
  const size = plane.planes.from;
  let at = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const inRegion = row % channels;
    const region = (row - inRegion) / channels;
    const window = last ? Math.floor(inRegion / outputs) : inRegion % windows;
    const output = last ? inRegion % outputs : Math.floor(inRegion / windows);
    const channel = output * windows + window;
    // An entry of the plane counts from the first item on: item · size + place.
    const shift = last
      ? channel
      : (sources[region] * (channels - 1) + channel) * size;
    const step = last ? channels : 1;
    const from = region * windows + window;
    for (
      let e = plane.sums.offsets[from];
      e < plane.sums.offsets[from + 1];
      e++
    ) {
      entries[at] = plane.sums.entries[e] * step + shift;
      weights[at++] = plane.sums.weights[e];
    }
    offsets[row + 1] = at;
  }
  return {
    kernel: sampleKernel,
    inputShape: [...shape],
    outputShape,
    channels: 1,
    layout,
    planes: { from: sizeOf(shape), to: sizeOf(outputShape) },
    sums: { offsets, entries, weights },
    repeats: 1,
  };
}
