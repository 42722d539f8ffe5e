/**
 * `deno task pictures`: draws the pictures of the READMEs, of each plugin and of
 * the whole, from the photograph in `docs/images`, in double precision, so the
 * same everywhere.
 *
 * @module
 */
import {
  contactSheet,
  type ContactSheetEntry,
} from "@rockpool/cli/contact-sheet";
import type { ImageTensor } from "@rockpool/cli/image";
import type { Mode, PoolingOp, Tensor } from "@rockpool/core";
import { average } from "@rockpool/average";
import { bilinear } from "@rockpool/bilinear";
import { compactBilinear } from "@rockpool/bilinear/compact";
import { grassmann } from "@rockpool/bilinear/grassmann";
import { covariance, type CovarianceOptions } from "@rockpool/covariance";
import { detailPreserving } from "@rockpool/detail-preserving";
import { dynamicOptimized } from "@rockpool/dynamic-optimized";
import { fractionalMax } from "@rockpool/fractional-max";
import { generalizedMean, globalAverage } from "@rockpool/global-average";
import { interpreter } from "@rockpool/kernel";
import { localImportance } from "@rockpool/local-importance";
import { max, maxUnpool } from "@rockpool/max";
import { mixed } from "@rockpool/mixed";
import { powerAverage } from "@rockpool/power-average";
import {
  positionSensitiveRoi,
  type RegionsOptions,
  roi,
  roiAlign,
} from "@rockpool/roi";
import { s3 } from "@rockpool/s3";
import { soft } from "@rockpool/soft";
import { spatialPyramid } from "@rockpool/spatial-pyramid";
import { stochastic } from "@rockpool/stochastic";
import { inRows, shiftedColours } from "./bilinear_pictures.ts";
import { blockChannels, heatMap } from "./covariance_pictures.ts";
import { levelPictures, stretchedTo, withGrid } from "./pyramid_pictures.ts";
import { methodsSheet } from "./methods_picture.ts";
import { readFace } from "./read_face.ts";
import { channelsForWindows, withFrames } from "./roi_pictures.ts";
import { ROOT } from "./workspace.ts";

const photo = await readFace();
using session = interpreter().session();
const x = session.upload(photo);

const pooled = session.run(max, { x }, {
  options: { kernelSize: 2, returnIndices: true },
});
const unpooled = session.run(
  maxUnpool,
  { x: pooled.y, indices: pooled.indices! },
  { options: { kernelSize: 2 } },
);
await draw("plugins/generic/max", [
  { title: "photograph", image: photo },
  await shown(max, { kernelSize: 5 }),
  {
    title: "max and max-unpool, kernelSize 2",
    image: asImage(await session.read(unpooled.y)),
  },
]);
await draw("plugins/generic/average", [
  { title: "photograph", image: photo },
  await shown(average, { kernelSize: 5 }),
  await shown(average, { kernelSize: 10 }),
]);
const blocks = session.upload(blockChannels(photo, 5));
const together = async (options: Partial<CovarianceOptions>) => {
  const all = { vectorize: false, ...options };
  const { y } = session.run(covariance, { x: blocks }, { options: all });
  return heatMap(await session.read(y));
};
await draw("plugins/downstream/covariance", [
  { title: "photograph", image: photo },
  {
    title: "covariance of the 25 pixels of blocks of 5×5",
    image: await together({ normalization: "none" }),
  },
  { title: "its logarithm", image: await together({ eps: 1e-4 }) },
  {
    title: "its square root, by 5 iterations",
    image: await together({ normalization: "isqrt" }),
  },
]);
const colours = { x: session.upload(shiftedColours(photo, [0, 12, 24, 48])) };
const products = session.run(bilinear, colours);
const sketch = session.run(compactBilinear, colours, {
  options: { outputDim: 64 },
});
const projector = session.run(grassmann, colours, {
  options: { k: 3, output: "projector" },
});
await draw("plugins/downstream/bilinear", [
  { title: "photograph", image: photo },
  {
    title: "bilinear",
    image: heatMap(inRows(await session.read(products.y), 12)),
  },
  {
    title: "compact-bilinear, outputDim 64",
    image: heatMap(inRows(await session.read(sketch.y), 8)),
  },
  {
    title: "grassmann, k 3, output projector",
    image: heatMap(await session.read(projector.y)),
  },
]);
await draw("plugins/learnable/detail-preserving", [
  { title: "photograph", image: photo },
  await shown(detailPreserving, {
    kernelSize: 5,
    parametrization: "direct",
  }, { weights: { alpha: 0, lambda: 4 } }),
  await shown(detailPreserving, {
    kernelSize: 5,
    parametrization: "direct",
    variant: "asym",
  }, { weights: { alpha: 0, lambda: 4 } }),
]);
await draw("plugins/learnable/dynamic-optimized", [
  { title: "photograph", image: photo },
  await shown(dynamicOptimized, { r: 0.2 }),
  await shown(dynamicOptimized, { r: 0.2, aggregation: "average" }),
  await shown(dynamicOptimized, { r: [0.3, 0.1] }),
]);
const edges = edgesOf(photo);
const important = session.run(localImportance, {
  x,
  logit: session.upload({
    shape: edges.shape,
    data: edges.data.map((edge) => 30 * edge),
  }),
}, { options: { kernelSize: 5, stride: 5, padding: 0 } });
await draw("plugins/learnable/local-importance", [
  { title: "photograph", image: photo },
  { title: "edges", image: edges },
  {
    title: "local-importance, kernelSize 5, logits 30 · edges",
    image: asImage(await session.read(important.y)),
  },
  await shown(localImportance, {
    kernelSize: 5,
    stride: 5,
    padding: 0,
    logit: "simplified",
  }),
]);
await draw("plugins/generic/mixed", [
  { title: "photograph", image: photo },
  await shown(mixed, { kernelSize: 5, lambda: 0.5 }),
  await shown(mixed, { kernelSize: 5, granularity: "window" }, {
    mode: "train",
  }),
]);
await draw("plugins/generic/fractional-max", [
  { title: "photograph", image: photo },
  await shown(fractionalMax, { kernelSize: 5, outputRatio: 0.25 }),
  await shown(fractionalMax, { scheme: "random", outputRatio: 0.25 }),
]);
await draw("plugins/downstream/global-average", [
  { title: "photograph", image: photo },
  await shown(globalAverage, { outputSize: [28, 36] }),
  await shown(globalAverage, { outputSize: [28, 36], mode: "max" }),
  await shown(generalizedMean, { outputSize: [28, 36], p: 8 }),
]);
await draw("plugins/generic/power-average", [
  { title: "photograph", image: photo },
  await shown(powerAverage, { kernelSize: 5, normType: 2, average: true }),
  await shown(powerAverage, { kernelSize: 5, normType: 16, average: true }),
]);
const boxes = {
  shape: [3, 5],
  data: Float32Array.of(
    0,
    24,
    22,
    104,
    102,
    0,
    96,
    60,
    150,
    130,
    0,
    110,
    4,
    170,
    40,
  ),
};
const rois = { shape: [1, 5], data: boxes.data.subarray(0, 5) };
await draw("plugins/downstream/roi", [
  { title: "photograph and regions", image: withFrames(photo, boxes) },
  await pooledRegion(roi, photo, 24),
  await pooledRegion(roiAlign, photo, 24),
  await pooledRegion(positionSensitiveRoi, channelsForWindows(photo, 12), 12),
]);
await draw("plugins/generic/s3", [
  { title: "photograph", image: photo },
  await shown(s3, { stride: 4 }, { mode: "train" }),
  await shown(s3, { stride: 4, gridSize: 20 }, { mode: "train" }),
  await shown(s3, { stride: 4 }),
]);
const levels = [4, 2, 1];
const pyramid = session.run(spatialPyramid, { x }, { options: { levels } });
await draw("plugins/downstream/spatial-pyramid", [
  { title: "photograph and windows", image: withGrid(photo, levels) },
  ...levelPictures(await session.read(pyramid.y), levels).map((level, at) => ({
    title: `maxima of level ${levels[at]}`,
    image: stretchedTo(photo, level),
  })),
]);
await draw("plugins/generic/soft", [
  { title: "photograph", image: photo },
  await shown(soft, { kernelSize: 5 }),
  await shown(soft, { kernelSize: 5, temperature: 20 }),
]);

await draw("plugins/generic/stochastic", [
  { title: "photograph", image: photo },
  await shown(stochastic, { kernelSize: 5 }, { mode: "train" }),
  await shown(stochastic, { kernelSize: 5 }),
]);
await write("docs/images/methods.png", await methodsSheet(photo));

/** An operator's output under its options. */
async function shown<Options extends object>(
  op: PoolingOp<Options, string, string>,
  options: Partial<Options>,
  { mode = "infer", weights = {} }: {
    readonly mode?: Mode;
    /** A number that a parameter of each channel has. */
    readonly weights?: Readonly<Record<string, number>>;
  } = {},
): Promise<ContactSheetEntry> {
  using session = interpreter().session({ mode });
  const channels = photo.shape[1];
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, number]) => [
      name,
      session.upload({
        shape: [channels],
        data: new Float32Array(channels).fill(number),
      }),
    ]),
  );
  const { y } = session.run(op, { x: session.upload(photo) }, {
    options,
    weights: values,
  });
  const given = Object.entries({ ...options, ...weights })
    .map(([name, value]) => `${name} ${value}`);
  if (mode === "train") given.push("training");
  return {
    title: `${op.name}, ${given.join(", ")}`,
    image: asImage(await session.read(y)),
  };
}

/** What an operator on regions gives for the first one. */
async function pooledRegion<Options extends RegionsOptions>(
  op: PoolingOp<Options, "x", never, string>,
  input: Tensor,
  outputSize: number,
): Promise<ContactSheetEntry> {
  using session = interpreter().session();
  const options: Partial<RegionsOptions> = { rois, outputSize };
  const { y } = session.run(op, { x: session.upload(input) }, {
    options: options as Partial<Options>,
  });
  return {
    title: `${op.name}\noutputSize ${outputSize}`,
    image: asImage(await session.read(y)),
  };
}

/** How much brightness changes from each pixel to the right and down. */
function edgesOf(
  { shape: [, , height, width], data }: ImageTensor,
): ImageTensor {
  const size = height * width;
  const brightness = Float32Array.from(
    { length: size },
    (_, at) => (data[at] + data[size + at] + data[2 * size + at]) / 3,
  );
  const edges = brightness.map((here, at) => {
    const right = at % width < width - 1 ? brightness[at + 1] : here;
    const below = at < size - width ? brightness[at + width] : here;
    return Math.hypot(right - here, below - here);
  });
  return { shape: [1, 1, height, width], data: edges };
}

function asImage({ shape, data }: Tensor): ImageTensor {
  return { shape, data: Float32Array.from(data) };
}

async function draw(
  folder: string,
  entries: ContactSheetEntry[],
): Promise<void> {
  const sheet = await contactSheet(entries, {
    headline: "",
    columns: entries.length,
    cellSize: 180,
  });
  await write(`${folder}/picture.png`, sheet);
}

async function write(file: string, sheet: Uint8Array): Promise<void> {
  await Deno.writeFile(`${ROOT}${file}`, sheet);
  console.log(`${file}: ${Math.ceil(sheet.length / 1024)} KiB`);
}
