import { compare, makeTensor, randomBelow } from "@rockpool/conformance";
import type { Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assert } from "@std/assert";
import { positionSensitiveRoi, roiAlign, type RoiAlignOptions } from "./mod.ts";
import { regions } from "./src/test_rois.ts";

/** Numbers in [0, 1), the same ones each time. */
function makeRandom(seed: number): () => number {
  return () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}

/** A number of an input at a point between elements, from all its corners. */
function read(plane: Tensor, point: readonly number[]): number {
  const { shape, data } = plane;
  const outside = point.some((q, axis) => !(q >= -1 && q <= shape[axis]));
  if (outside) return 0;
  let corners = [{ at: 0, weight: 1 }];
  for (const [axis, coordinate] of point.entries()) {
    const q = Math.min(Math.max(coordinate, 0), shape[axis] - 1);
    const low = Math.floor(q);
    corners = corners.flatMap(({ at, weight }) => [
      { at: at * shape[axis] + low, weight: weight * (1 - q + low) },
      {
        at: at * shape[axis] + Math.min(low + 1, shape[axis] - 1),
        weight: weight * (q - low),
      },
    ]);
  }
  return corners.reduce((sum, { at, weight }) => sum + weight * data[at], 0);
}

/** All points of a window, in row-major order. */
function points(
  corners: readonly number[],
  window: readonly number[],
  options:
    & Pick<
      RoiAlignOptions,
      "aligned" | "samplingRatio" | "spatialScale"
    >
    & { readonly outputSize: readonly number[] },
): number[][] {
  const { outputSize, aligned, samplingRatio, spatialScale } = options;
  const axes = outputSize.length;
  let all: number[][] = [[]];
  for (let axis = 0; axis < axes; axis++) {
    const half = aligned ? 0.5 : 0;
    const first = corners[axes - 1 - axis] * spatialScale - half;
    const last = corners[2 * axes - 1 - axis] * spatialScale - half;
    const size = aligned ? last - first : Math.max(last - first, 1);
    const bin = size / outputSize[axis];
    const count = samplingRatio > 0 ? samplingRatio : Math.ceil(bin);
    const start = first + window[axis] * bin;
    all = all.flatMap((point) =>
      Array.from(
        { length: Math.max(0, count) },
        (_, i) => [...point, start + (i + 0.5) * bin / count],
      )
    );
  }
  return all;
}

/** Regions of all sizes and places around an input of these lengths. */
function drawn(
  random: () => number,
  { items, spatial }: { items: number; spatial: readonly number[] },
): number[][] {
  return Array.from({ length: 12 }, () => {
    const corner = () =>
      spatial.toReversed()
        .map((length) => Math.fround((random() * 1.6 - 0.3) * length));
    return [randomBelow(random, items), ...corner(), ...corner()];
  });
}

function unravel(index: number, lengths: readonly number[]): number[] {
  const at: number[] = [];
  for (const length of lengths.toReversed()) {
    at.unshift(index % length);
    index = Math.floor(index / length);
  }
  return at;
}

const inputs: [spatial: number[], outputSize: number[]][] = [
  [[9], [4]],
  [[7, 10], [3, 2]],
  [[4, 6, 5], [2, 1, 3]],
];
for (const [axes, [spatial, outputSize]] of inputs.entries()) {
  for (const samplingRatio of [-1, 1, 3]) {
    for (const aligned of [false, true]) {
      Deno.test(`roi-align of ${axes + 1} axes is what loops give: samplingRatio ${samplingRatio}, aligned ${aligned}`, async () => {
        const random = makeRandom(7 + axes);
        const windows = outputSize.reduce((n, length) => n * length, 1);
        const x = makeTensor([2, windows, ...spatial], { random });
        const rows = drawn(random, { items: 2, spatial });
        const common = {
          rois: regions(...rows),
          outputSize,
          spatialScale: 0.75,
          samplingRatio,
          aligned,
        };
        const size = spatial.reduce((n, length) => n * length, 1);
        const valuesOf = (row: number[], channel: number, window: number) => {
          const at = (row[0] * windows + channel) * size;
          const plane = {
            shape: spatial,
            data: x.data.subarray(at, at + size),
          };
          return points(row.slice(1), unravel(window, outputSize), common)
            .map((point) => read(plane, point));
        };
        const all = (channels: number, of: typeof valuesOf) =>
          rows.flatMap((row) =>
            Array.from(
              { length: channels * windows },
              (_, at) => of(row, Math.floor(at / windows), at % windows),
            )
          );
        const mean = (list: number[]) =>
          list.reduce((sum, value) => sum + value, 0) /
          Math.max(1, list.length);
        const most = (list: number[]) =>
          list.length === 0 ? 0 : Math.max(...list);

        using session = interpreter().session();
        const input = session.upload(x);
        for (const mode of ["avg", "max"] as const) {
          const options = { ...common, mode };
          const { y } = session.run(roiAlign, { x: input }, { options });
          const data = Float32Array.from(
            all(windows, valuesOf).map(mode === "avg" ? mean : most),
          );
          const { fault } = compare(
            await session.read(y),
            { shape: [12, windows, ...outputSize], data },
            { rtol: 1e-5, atol: 1e-5 },
          );
          assert(!fault, `${mode}: ${fault}`);
        }
        if (!aligned) return;
        const { aligned: _, ...rest } = common;
        const { y } = session.run(positionSensitiveRoi, { x: input }, {
          options: { ...rest, method: "align" },
        });
        const own = all(1, (row, _, window) => valuesOf(row, window, window));
        const { fault } = compare(
          await session.read(y),
          {
            shape: [12, 1, ...outputSize],
            data: Float32Array.from(own.map(mean)),
          },
          { rtol: 1e-5, atol: 1e-5 },
        );
        assert(!fault, `position-sensitive: ${fault}`);
      });
    }
  }
}
