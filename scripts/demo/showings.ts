import {
  type AnyPoolingOp,
  type Backend,
  loadOperator,
  operatorNames,
  type Tensor,
  type Value,
} from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { builtins } from "@rockpool/rockpool";
import { inRows, shiftedColours } from "../bilinear_pictures.ts";
import { blockChannels, heatMap } from "../covariance_pictures.ts";
import { levelPictures } from "../pyramid_pictures.ts";
import { channelsForWindows } from "../roi_pictures.ts";

/** An operator, and what the demo runs it with. */
export interface Showing {
  readonly op: AnyPoolingOp;
  /** Its inputs; the first is the one to look at. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly options: object;
  /** What the first input is, for people. */
  readonly from: string;
  /** What to look at, where the first input is no picture. */
  readonly look?: Tensor;
  /** What there is to see of its output, where that is no picture. */
  readonly picture?: (y: Tensor) => Tensor;
}

/** Large enough to see the windows. */
const kernelSize = 8;
/** Small enough to still see the cat between the zeros. */
const unpooledSize = 2;
/** Windows of a photograph of 300 × 451, each of about 8 × 8. */
const outputSize = [37, 56];
/** Windows of a region along each axis, where each reads three channels. */
const regionSize = 6;
/** Pixels along each axis of a block, whose covariance is shown. */
const blockSize = 5;
/** The first has enough windows to see the cat. */
const pyramidLevels = [32, 16, 8];
/** Pixels that copies are shifted by. */
const shifts = [0, 12, 24, 48];

/** What operators are shown with that do not pool a photograph. */
const special: Readonly<
  Record<string, (photo: Tensor) => Promise<Omit<Showing, "op">>>
> = {
  bilinear: (photo) =>
    Promise.resolve({
      ...shiftedBeside(photo),
      options: {},
      picture: (y) => heatMap(inRows(y, 3 * shifts.length)),
    }),
  "compact-bilinear": (photo) =>
    Promise.resolve({
      ...shiftedBeside(photo),
      options: { outputDim: 256 },
      picture: (y) => heatMap(inRows(y, 16)),
    }),
  covariance: (photo) =>
    Promise.resolve({
      inputs: { x: blockChannels(photo, blockSize) },
      options: { vectorize: false },
      from: "photograph, pixels of blocks as channels",
      look: photo,
      picture: heatMap,
    }),
  // Cells as long as others' windows.
  "dynamic-optimized": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { alpha: kernelSize },
      from: "photograph",
    }),
  // With 1/7 of the length, most windows of size 8 overlap.
  "fractional-max": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { kernelSize, outputRatio: 1 / 7 },
      from: "photograph",
    }),
  "generalized-mean": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { outputSize },
      from: "photograph",
    }),
  "global-average": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { outputSize },
      from: "photograph",
    }),
  grassmann: (photo) =>
    Promise.resolve({
      ...shiftedBeside(photo),
      options: { k: 3, output: "projector" },
      picture: heatMap,
    }),
  // Scores of classes that nothing was learned of, of size 1 for faint features.
  "low-rank-bilinear": (photo) =>
    Promise.resolve({
      ...shiftedBeside({ ...photo, data: photo.data.map((x) => x / 100) }),
      look: photo,
      options: { numClasses: 64 },
      picture: (y) => heatMap(inRows(y, 8)),
    }),
  // Logits that are the elements ten times, so that bright ones count most.
  "local-importance": (photo) => {
    const logit = { ...photo, data: photo.data.map((x) => 10 * x) };
    return Promise.resolve({
      inputs: { x: photo, logit },
      options: { kernelSize, stride: kernelSize, padding: 0 },
      from: "photograph",
    });
  },
  "max-unpool": async (photo) => {
    const max = await operator("max");
    const pooled = await outputsOf({
      op: max,
      inputs: { x: photo },
      options: { kernelSize: unpooledSize, returnIndices: true },
      from: "photograph",
    }, interpreter());
    return {
      inputs: { x: pooled.y, indices: pooled.indices },
      options: { kernelSize: unpooledSize, outputSize: photo.shape.slice(2) },
      from: "max pooled photograph",
    };
  },
  "position-sensitive-roi": (photo) =>
    Promise.resolve({
      inputs: { x: channelsForWindows(photo, regionSize) },
      options: { rois: faceOf(photo), outputSize: regionSize },
      from: "photograph, in part as a negative",
      look: photo,
    }),
  // The mean, since sums of powers are brighter than a photograph can be.
  "power-average": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { kernelSize, normType: 2, average: true },
      from: "photograph",
    }),
  roi: (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { rois: faceOf(photo), outputSize: 3 * kernelSize },
      from: "photograph",
    }),
  "roi-align": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { rois: faceOf(photo), outputSize: 3 * kernelSize },
      from: "photograph",
    }),
  "spatial-pyramid": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { levels: pyramidLevels },
      from: "photograph",
      picture: (y) => levelPictures(y, pyramidLevels)[0],
    }),
  // A sample, as in training: half of the rows and columns of each grid of 4.
  s3: (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { kernelSize: 4, gridSize: 4, evalMode: "sample" },
      from: "photograph",
    }),
};

/** A photograph beside itself, some pixels on, as many channels. */
function shiftedBeside(photo: Tensor) {
  return {
    inputs: { x: shiftedColours(photo, shifts) },
    from: "photograph, and copies that are shifted",
    look: photo,
  };
}

/** The region of a photograph where the cat has its face. */
function faceOf({ shape: [, , height, width] }: Tensor): Tensor {
  const box = [0.2 * width, 0.1 * height, 0.7 * width, 0.8 * height];
  return { shape: [1, 5], data: Float32Array.of(0, ...box) };
}

/** Every built-in operator with what to show it with. */
export async function showings(photo: Tensor): Promise<Showing[]> {
  const shown: Showing[] = [];
  for (const name of operatorNames(builtins)) {
    const op = await operator(name);
    const how = await special[name]?.(photo) ??
      { inputs: { x: photo }, options: { kernelSize }, from: "photograph" };
    shown.push({ op, ...how });
  }
  return shown;
}

/** All that an operator gives on a backend. */
export async function outputsOf(
  { op, inputs, options }: Showing,
  backend: Backend,
): Promise<Record<string, Tensor>> {
  using session = backend.session();
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    values[name] = session.upload(tensor);
  }
  const outputs: Record<string, Tensor> = {};
  const results = session.run(op, values, { options });
  for (const [name, value] of Object.entries(results)) {
    if (value) outputs[name] = await session.read(value);
  }
  return outputs;
}

async function operator(name: string): Promise<AnyPoolingOp> {
  const op: object = await loadOperator(
    builtins,
    name as keyof typeof builtins,
  );
  return op as AnyPoolingOp;
}
