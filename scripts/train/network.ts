import {
  type AnyPoolingOp,
  initialWeight,
  type Session,
  type Tensor,
  validateOptions,
  type Value,
} from "@rockpool/core";
import {
  matmulKernel,
  randomWord,
  slide,
  type Table,
  tables,
  unitInterval,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import type { Parameters } from "./adam.ts";

/** Channels between the layers and behind them. */
const WIDTH = { hidden: 8, output: 6 };

/** The parts of each axis that are averaged, whatever size the pooling gives. */
const GRID = 4;

/** What is pooled between the layers, and how. */
export interface Pooling {
  readonly op: AnyPoolingOp;
  readonly options: object;
}

const rectify: WindowKernel = windowKernel(
  "rectify",
  ["x"],
  ({ x }, fold) => fold.sum(x.max(0)),
);

const copy: WindowKernel = windowKernel(
  "copy",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

/**
 * A network of two layers, 1×1 convolutions, with a rectifier and a pooling in
 * between and means over a coarse grid behind: `[N, 3, H, W]` to
 * `[N, outputs, cells]`.
 */
export function runNetwork(
  session: Session,
  { op, options }: Pooling,
  { x, parameters }: {
    readonly x: Value;
    readonly parameters: Readonly<Record<string, Value>>;
  },
): Value {
  const { first, second, ...weights } = parameters;
  const [items, channels, height, width] = x.shape;
  const pixels = session.reshape(x, [items, channels, height * width]);
  const hidden = session.reshape(
    session.matmul([first, pixels], matmulKernel),
    [
      items,
      WIDTH.hidden,
      height,
      width,
    ],
  );
  const each = slide(hidden.shape, { kernelSize: 1 });
  const rectified = session.window(rectify, { values: { x: hidden } }, each).y;
  const { y } = session.run(op, { x: rectified }, { options, weights });
  const cells = tables(y.shape, { tables: y.shape.slice(2).map(corner) });
  const first16 = session.window(copy, { values: { x: y } }, cells).y;
  const features = session.reshape(first16, [items, WIDTH.hidden, GRID ** 2]);
  return session.matmul([second, features], matmulKernel);
}

/** Parameters drawn by a seed; those of the pooling are the initial ones. */
export function drawParameters(
  { op, options }: Pooling,
  x: Tensor,
  seed: number,
): Parameters {
  const [items, channels, ...spatial] = x.shape;
  const shape = [items, WIDTH.hidden, ...spatial];
  const all = validateOptions<object>(op.options, options);
  const specs = Object.entries(op.weights?.({ x: shape }, all) ?? {});
  const weights = specs.map(([name, spec]) => {
    const { shape, data } = initialWeight(spec);
    return [name, { shape, data: Float32Array.from(data) }] as const;
  });
  return {
    first: drawn([WIDTH.hidden, channels], seed, 1),
    second: drawn([WIDTH.output, WIDTH.hidden], seed, 2),
    ...Object.fromEntries(weights),
  };
}

/** The matrix of a layer: random numbers of deviation 1/√columns. */
function drawn(
  shape: readonly number[],
  seed: number,
  slot: number,
): Tensor<Float32Array> {
  const scale = Math.sqrt(3 / shape[1]);
  const data = Float32Array.from(
    { length: shape[0] * shape[1] },
    (_, index) => {
      const word = randomWord({ seed, stream: 0 }, slot, index);
      return scale * (2 * unitInterval(word) - 1);
    },
  );
  return { shape, data };
}

/** The first positions of an axis, the last one again where there are fewer. */
function corner(length: number): Table {
  const starts = Array.from(
    { length: GRID },
    (_, i) => Math.min(i, length - 1),
  );
  return { starts, counts: starts.map(() => 1) };
}
