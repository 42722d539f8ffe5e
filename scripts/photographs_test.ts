import { assertEquals } from "@std/assert";
import { backendTests, compare } from "@rockpool/conformance";
import { decodeImage } from "@rockpool/cli/image";
import type { AnyPoolingOp, Backend, Tensor } from "@rockpool/core";
import { roi, roiAlign } from "@rockpool/roi";
import { spatialPyramid } from "@rockpool/spatial-pyramid";
import { ROOT } from "./workspace.ts";

/** An output as a weighted sum of elements of the input. */
type Terms = { readonly at: number; readonly weight: number }[];

/** The first and the last index along an axis. */
type Range = readonly [first: number, last: number];

const outputSize = [7, 7];

/** Item, left, top, right and bottom; the third is all of a photograph. */
const boxes = [
  [0, 130, 60, 329, 229],
  [1, 201, 20, 383, 296],
  [1, 0, 0, 399, 299],
  [0, -20, 250, 50, 340],
  [1, 380, -30, 440, 12],
  [0, 90, 90, 90, 90],
  [0, 500, 10, 560, 90],
];

async function photograph(name: string): Promise<Tensor> {
  const path = `${ROOT}docs/images/${name}.png`;
  return decodeImage(await Deno.readFile(path), path);
}

/** The upper left corners of photographs as one batch. */
function cropped(
  photos: readonly Tensor[],
  lengths: readonly number[],
): Tensor {
  const [rows, columns] = lengths;
  const data = photos.flatMap(({ shape: [, , , width], data }) => {
    const plane = data.length / 3;
    return Array.from(
      { length: 3 * rows * columns },
      (_, at) => {
        const row = Math.floor(at / columns) % rows;
        const channel = Math.floor(at / columns / rows);
        return data[channel * plane + row * width + at % columns];
      },
    );
  });
  return {
    shape: [photos.length, 3, rows, columns],
    data: new Float32Array(data),
  };
}

/** The elements of some rows and columns of a plane, cut off at its border. */
function elementsOf(
  { shape: [, , height, width] }: Tensor,
  plane: number,
  [[top, bottom], [left, right]]: readonly [Range, Range],
): number[] {
  const found: number[] = [];
  for (let row = Math.max(top, 0); row <= Math.min(bottom, height - 1); row++) {
    for (
      let column = Math.max(left, 0);
      column <= Math.min(right, width - 1);
      column++
    ) found.push((plane * height + row) * width + column);
  }
  return found;
}

function greatestOf({ data }: Tensor, elements: readonly number[]): Terms {
  if (elements.length === 0) return [];
  const at = elements.reduce((best, at) => data[at] > data[best] ? at : best);
  return [{ at, weight: 1 }];
}

/** Part i of so many of a range. */
function part([first, last]: Range, i: number, parts: number): Range {
  const length = Math.max(last - first + 1, 1);
  return [
    first + Math.floor(i * length / parts),
    first + Math.ceil((i + 1) * length / parts) - 1,
  ];
}

function pyramidTerms(
  x: Tensor,
  levels: readonly number[],
  mode: "max" | "avg",
): Terms[] {
  const [, channels, height, width] = x.shape;
  const all: Terms[] = [];
  for (const level of levels) {
    for (let at = 0; at < channels * level ** 2; at++) {
      const elements = elementsOf(x, Math.floor(at / level ** 2), [
        part([0, height - 1], Math.floor(at / level) % level, level),
        part([0, width - 1], at % level, level),
      ]);
      const weight = 1 / elements.length;
      all.push(
        mode === "max"
          ? greatestOf(x, elements)
          : elements.map((at) => ({ at, weight })),
      );
    }
  }
  return all;
}

function roiTerms(x: Tensor): Terms[] {
  return eachWindow(([item, left, top, right, bottom], channel, i, j) =>
    greatestOf(
      x,
      elementsOf(x, item * 3 + channel, [
        part([top, bottom], i, outputSize[0]),
        part([left, right], j, outputSize[1]),
      ]),
    )
  );
}

/** Means of two by two interpolated points, with pixels that are half a pixel on. */
function roiAlignTerms(x: Tensor): Terms[] {
  const [, , height, width] = x.shape;
  const [rows, columns] = outputSize;
  return eachWindow(([item, left, top, right, bottom], channel, i, j) => {
    const terms: Terms = [];
    for (const p of [0.25, 0.75]) {
      for (const q of [0.25, 0.75]) {
        const points = [
          neighbours(top - 0.5 + (i + p) * (bottom - top) / rows, height),
          neighbours(left - 0.5 + (j + q) * (right - left) / columns, width),
        ];
        for (const row of points[0]) {
          for (const column of points[1]) {
            const plane = item * 3 + channel;
            terms.push({
              at: (plane * height + row.at) * width + column.at,
              weight: row.weight * column.weight / 4,
            });
          }
        }
      }
    }
    return terms;
  });
}

/** The elements along an axis that a point lies between: none far outside. */
function neighbours(point: number, length: number): Terms {
  if (point < -1 || point > length) return [];
  const inside = Math.min(Math.max(point, 0), length - 1);
  const at = Math.min(Math.floor(inside), length - 2);
  return [
    { at, weight: 1 - (inside - at) },
    { at: at + 1, weight: inside - at },
  ];
}

function eachWindow(
  terms: (box: number[], channel: number, i: number, j: number) => Terms,
): Terms[] {
  const [rows, columns] = outputSize;
  return boxes.flatMap((box) =>
    Array.from({ length: 3 * rows * columns }, (_, at) =>
      terms(
        box,
        Math.floor(at / rows / columns),
        Math.floor(at / columns) % rows,
        at % columns,
      ))
  );
}

/** Asserts outputs, and the gradient of their sum with a weight for each. */
async function assertSums(
  backend: Backend,
  { op, x, options }: { op: AnyPoolingOp; x: Tensor; options: object },
  terms: readonly Terms[],
): Promise<void> {
  using session = backend.session({ mode: "train" });
  const input = session.upload(x);
  const { y } = session.run(op, { x: input }, { options });
  const dy = Float32Array.from(terms, (_, at) => (at * 7 % 11) / 8 - 0.5);
  const [gradient] = session.grad(
    y,
    session.upload({ shape: y.shape, data: dy }),
    [input],
  );

  const sums = new Float64Array(terms.length);
  const slopes = new Float64Array(x.data.length);
  for (const [output, own] of terms.entries()) {
    for (const { at, weight } of own) {
      sums[output] += weight * x.data[at];
      slopes[at] += weight * dy[output];
    }
  }
  const expected: [string, Tensor, Float64Array][] = [
    ["y", await session.read(y), sums],
    ["gradient", await session.read(gradient), slopes],
  ];
  for (const [name, got, numbers] of expected) {
    const want = { shape: got.shape, data: Float32Array.from(numbers) };
    assertEquals(got.data.length, numbers.length);
    const { fault } = compare(got, want, { rtol: 1e-5, atol: 2e-5 });
    if (fault !== undefined) throw new Error(`${name}: ${fault}`);
  }
}

const photos = [await photograph("chelsea"), await photograph("coffee")];

for (const mode of ["max", "avg"] as const) {
  const levels = [5, 2, 1];
  const test = backendTests(`spatial-pyramid with ${mode}`);
  test("gives a photograph of any size as many numbers", async (backend) => {
    for (const x of photos) {
      const terms = pyramidTerms(x, levels, mode);
      assertEquals(terms.length, 3 * (25 + 4 + 1));
      const options = { levels, mode };
      await assertSums(backend, { op: spatialPyramid, x, options }, terms);
    }
  });
}

const x = cropped(photos, [300, 400]);
const rois = {
  shape: [boxes.length, 5],
  data: Float32Array.from(boxes.flat()),
};
backendTests("roi")("pools boxes of photographs", async (backend) => {
  const options = { rois, outputSize };
  await assertSums(backend, { op: roi, x, options }, roiTerms(x));
});
backendTests("roi-align")("pools boxes of photographs", async (backend) => {
  const options = { rois, outputSize, samplingRatio: 2, aligned: true };
  await assertSums(backend, { op: roiAlign, x, options }, roiAlignTerms(x));
});
