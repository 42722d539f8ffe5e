import { benchOperator } from "@rockpool/conformance/bench";
import { positionSensitiveRoi, roi, roiAlign } from "./mod.ts";

const REGIONS = 256;
const SIZE = 7;
const WINDOWS = SIZE * SIZE;
const SAMPLES = 2;

/** Boxes of 5 to 35 elements inside 50 × 50, of both items in turn. */
const boxes = Array.from({ length: REGIONS }, (_, k) => {
  const [width, height] = [5 + (k * 7) % 31, 5 + (k * 11) % 31];
  const x = (k * 3.7) % (50 - width);
  const y = (k * 5.3) % (50 - height);
  return [k % 2, x, y, x + width, y + height].map(Math.fround);
});
const rois = {
  shape: [REGIONS, 5],
  data: Float32Array.from(boxes.flat()),
};

/** The parts of a region along an axis: where each starts and ends. */
function parts(first: number, size: number, length: number): number[][] {
  const clip = (at: number) => Math.max(0, Math.min(length, at));
  return Array.from({ length: SIZE }, (_, i) => [
    clip(first + Math.floor(i * size / SIZE)),
    clip(first + Math.ceil((i + 1) * size / SIZE)),
  ]);
}

await benchOperator(roi, {
  options: { rois, outputSize: SIZE },
  shape: [2, 256, 50, 50],
  plainLoop({ shape: [, channels, height, width], data: x }) {
    const y = new Float32Array(REGIONS * channels * WINDOWS);
    let at = 0;
    for (const [item, ...corners] of boxes) {
      const [left, top, right, bottom] = corners.map(Math.round);
      const rows = parts(top, bottom - top + 1, height);
      const columns = parts(left, right - left + 1, width);
      for (let channel = 0; channel < channels; channel++) {
        const plane = (item * channels + channel) * height * width;
        for (const [from, to] of rows) {
          for (const [start, end] of columns) {
            let most = -Infinity;
            for (let row = from; row < to; row++) {
              for (let column = start; column < end; column++) {
                most = Math.max(most, x[plane + row * width + column]);
              }
            }
            y[at++] = most;
          }
        }
      }
    }
    return y;
  },
});

/** The points of a region along an axis: elements on both sides, and a weight. */
function points(first: number, size: number, length: number): number[][] {
  return Array.from({ length: SIZE * SAMPLES }, (_, t) => {
    const q = Math.max(0, first - 0.5 + (t + 0.5) * size / (SIZE * SAMPLES));
    const low = Math.min(Math.floor(q), length - 1);
    return [low, Math.min(low + 1, length - 1), Math.min(q - low, 1)];
  });
}

await benchOperator(roiAlign, {
  options: { rois, outputSize: SIZE, samplingRatio: SAMPLES, aligned: true },
  shape: [2, 256, 50, 50],
  plainLoop({ shape: [, channels, height, width], data: x }) {
    const y = new Float32Array(REGIONS * channels * WINDOWS);
    for (const [k, [item, left, top, right, bottom]] of boxes.entries()) {
      const rows = points(top, bottom - top, height);
      const columns = points(left, right - left, width);
      for (let channel = 0; channel < channels; channel++) {
        const plane = (item * channels + channel) * height * width;
        const to = (k * channels + channel) * WINDOWS;
        for (const [t, [above, below, down]] of rows.entries()) {
          for (const [u, [before, behind, across]] of columns.entries()) {
            const upper = plane + above * width;
            const lower = plane + below * width;
            const high = x[upper + before] * (1 - across) +
              x[upper + behind] * across;
            const low = x[lower + before] * (1 - across) +
              x[lower + behind] * across;
            const window = Math.floor(t / SAMPLES) * SIZE +
              Math.floor(u / SAMPLES);
            y[to + window] += (high * (1 - down) + low * down) / SAMPLES ** 2;
          }
        }
      }
    }
    return y;
  },
});

await benchOperator(positionSensitiveRoi, {
  options: { rois, outputSize: SIZE },
  shape: [2, 4 * WINDOWS, 50, 50],
  plainLoop({ shape: [, channels, height, width], data: x }) {
    const y = new Float32Array(REGIONS * channels);
    let at = 0;
    for (const [item, ...corners] of boxes) {
      const [left, top, right, bottom] = corners.map(Math.round);
      const rows = parts(top, bottom - top, height);
      const columns = parts(left, right - left, width);
      for (let channel = 0; channel < channels; channel++) {
        const plane = (item * channels + channel) * height * width;
        const [from, to] = rows[Math.floor(channel / SIZE) % SIZE];
        const [start, end] = columns[channel % SIZE];
        let sum = 0;
        for (let row = from; row < to; row++) {
          for (let column = start; column < end; column++) {
            sum += x[plane + row * width + column];
          }
        }
        y[at++] = sum / ((to - from) * (end - start));
      }
    }
    return y;
  },
});
