/**
 * The bench that every operator has: on the CPU and on the GPU, each against
 * a plain loop in JavaScript.
 *
 * @module
 */
import {
  type GivenOptions,
  type PoolingOp,
  type Shape,
  sizeOf,
  type Tensor,
} from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { gpu } from "@rockpool/gpu";

/** What {@linkcode benchOperator} times. */
export interface BenchOptions<Options extends object> {
  /** The operator's options; defaults fill what is left out. */
  readonly options: GivenOptions<Options>;
  /** The shape of the input. */
  readonly shape: Shape;
  /** The same computation as a loop in JavaScript, the baseline. */
  plainLoop(x: Tensor<Float32Array>): Float32Array;
}

/**
 * Registers the benches of an operator with one input `x`: a group for the CPU
 * and one for the GPU.
 *
 * The input is in place before. A call on the CPU ends with the output in
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
  Outputs extends string,
>(
  op: PoolingOp<Options, "x", never, Outputs>,
  { options, shape, plainLoop }: BenchOptions<Options>,
): Promise<void> {
  const x = makeInput(shape);
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
      fn: () => void plainLoop(x),
    });
    const session = backend?.session();
    const input = session?.upload(x);
    Deno.bench({
      name: `${group}: ${backend?.info ?? "there is none"}`,
      group,
      ignore,
      async fn(bench) {
        if (!session || !input) return;
        bench.start();
        const { y } = session.run(op, { x: input }, { options });
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

/** Numbers between −4 and 4 in no order, the same ones each time. */
function makeInput(shape: Shape): Tensor<Float32Array> {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => 4 * Math.sin(index * index * 1e-3 + index),
  );
  return { shape, data };
}
