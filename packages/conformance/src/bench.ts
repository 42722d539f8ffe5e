/**
 * The bench that every operator has: on the CPU and on the GPU, each against
 * a plain loop in JavaScript.
 *
 * @module
 */
import {
  type GivenOptions,
  initialWeight,
  neededInputs,
  type PoolingOp,
  type Shape,
  type Shapes,
  sizeOf,
  type Tensor,
  validateOptions,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { gpu } from "@rockpool/gpu";
import { uploadAll } from "./evaluate.ts";

/** What {@linkcode benchOperator} times. */
export interface BenchOptions<Options extends object> {
  /** The operator's options; defaults fill what is left out. */
  readonly options: GivenOptions<Options>;
  /** The shape of every input. */
  readonly shape: Shape;
  /** Inputs by name that numbers in no order would not do for. */
  readonly inputs?: Readonly<Record<string, Tensor>>;
  /** The same computation of all other inputs as a loop in JavaScript, the baseline. */
  plainLoop(...inputs: Tensor<Float32Array>[]): Float32Array;
}

/**
 * Registers the benches of an operator whose inputs have one shape: a group for
 * the CPU and one for the GPU.
 *
 * The inputs, and initial weights, are in place before. A call on the CPU ends with the output in
 * memory; on the GPU it ends with the output read, since only that shows that
 * it is done. Where there is no GPU its group is ignored: a driver in software
 * says nothing about speed.
 *
 * @example
 * ```ts ignore
 * import { benchOperator } from "@rockpool/conformance/bench";
 * import { max } from "@rockpool/max";
 *
 * await benchOperator(max, {
 *   options: { kernelSize: [2] },
 *   shape: [1, 1, 4096],
 *   plainLoop: ({ data }) =>
 *     Float32Array.from(
 *       { length: data.length / 2 },
 *       (_, index) => Math.max(data[2 * index], data[2 * index + 1]),
 *     ),
 * });
 * ```
 */
export async function benchOperator<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  { options, shape, inputs: given = {}, plainLoop }: BenchOptions<Options>,
): Promise<void> {
  const all = validateOptions(op.options, options);
  const names = neededInputs(op, all);
  const tensors = Object.fromEntries(
    names.filter((name) => !Object.hasOwn(given, name))
      .map((name, index) => [name, makeInput(shape, index)]),
  );
  const shapes = Object.fromEntries(names.map((name) => [name, shape]));
  const specs: Readonly<Record<string, WeightSpec>> =
    op.weights?.(shapes as Shapes<Inputs>, all) ?? {};
  const initial = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, initialWeight(spec)]),
  );
  const backends = {
    cpu: await cpu(),
    gpu: await gpu().catch(() => undefined),
  };
  for (const [place, backend] of Object.entries(backends)) {
    const group = `${op.name} ${place}`;
    const ignore = backend === undefined;
    Deno.bench({
      name: `${group}: a plain loop`,
      group,
      ignore,
      baseline: true,
      fn: () => void plainLoop(...Object.values(tensors)),
    });
    const session = backend?.session();
    const inputs: Record<Inputs, Value> | undefined = session &&
      uploadAll(session, { ...tensors, ...given });
    const weights: Record<Weights, Value> | undefined = session &&
      uploadAll(session, initial);
    Deno.bench({
      name: `${group}: ${backend?.info ?? "there is none"}`,
      group,
      ignore,
      async fn(bench) {
        if (!session || !inputs) return;
        bench.start();
        const { y } = session.run(op, inputs, { options, weights });
        if (place === "gpu") await session.read(y);
        bench.end();
        session.free(y);
      },
    });
  }
  addEventListener("unload", () => {
    for (const backend of Object.values(backends)) backend?.[Symbol.dispose]();
  });
}

/** Numbers between −4 and 4 in no order, others for each input. */
function makeInput(shape: Shape, input: number): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => 4 * Math.sin(index * index * 1e-3 + index + input),
  );
  return { shape, data };
}
