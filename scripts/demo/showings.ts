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

/** An operator, and what the demo runs it with. */
export interface Showing {
  readonly op: AnyPoolingOp;
  /** Its inputs; the first is the one to look at. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly options: object;
  /** What the first input is, for people. */
  readonly from: string;
}

/** Large enough to see the windows. */
const kernelSize = 8;
/** Small enough to still see the cat between the zeros. */
const unpooledSize = 2;

/** What operators are shown with that do not pool a photograph. */
const special: Readonly<
  Record<string, (photo: Tensor) => Promise<Omit<Showing, "op">>>
> = {
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
  // The mean, since sums of powers are brighter than a photograph can be.
  "power-average": (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { kernelSize, normType: 2, average: true },
      from: "photograph",
    }),
  // A sample, as in training: half of the rows and columns of each grid of 4.
  s3: (photo) =>
    Promise.resolve({
      inputs: { x: photo },
      options: { kernelSize: 4, gridSize: 4, evalMode: "sample" },
      from: "photograph",
    }),
};

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
