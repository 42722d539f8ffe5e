import type { AxisRows } from "@rockpool/kernel";

/** How an axis is sampled. */
export interface AxisSampling {
  /** Elements along the axis. */
  readonly length: number;
  /** Windows that the region is divided into. */
  readonly windows: number;
  /** Evenly placed points of each window. */
  readonly samples: number;
}

/**
 * The mean of the points of each window along an axis, as a weighted sum of
 * elements; each element of a window once, in ascending order.
 *
 * A point between elements is their linear interpolation, one less than 1
 * before the first or 1 behind the last is that element, and all others are 0.
 */
export function sampleAxis(
  { first, size }: { readonly first: number; readonly size: number },
  { length, windows, samples }: AxisSampling,
): AxisRows {
  const points = windows * samples;
  const most = windows * Math.min(2 * samples, length);
  const offsets = new Int32Array(windows + 1);
  const entries = new Int32Array(most);
  const weights = new Float64Array(most);
  const sums = new Float64Array(length);
  let at = 0;
  for (let window = 0; window < windows; window++) {
    let [low, high] = [length, -1];
    for (let t = window * samples; t < (window + 1) * samples; t++) {
      const point = first + ((t + 0.5) * size) / points;
      // Written so that a point that is no number is outside.
      if (!(point >= -1 && point <= length)) continue;
      const q = Math.max(point, 0);
      const left = Math.min(Math.trunc(q), length - 1);
      const right = Math.min(left + 1, length - 1);
      const share = left === right ? 0 : q - left;
      sums[left] += 1 - share;
      sums[right] += share;
      low = Math.min(low, left);
      high = Math.max(high, right);
    }
    for (let element = low; element <= high; element++) {
      if (sums[element] === 0) continue;
      entries[at] = element;
      weights[at++] = sums[element] / samples;
      sums[element] = 0;
    }
    offsets[window + 1] = at;
  }
  return {
    offsets,
    entries: entries.subarray(0, at),
    weights: weights.subarray(0, at),
  };
}
