import type { Layout, Session, Tensor, Value } from "@rockpool/core";
import {
  concatKernel,
  interpreter,
  productSamples,
  sparseSamples,
} from "@rockpool/kernel";
import { backendTests } from "./backend_tests.ts";
import { testBackends } from "./backends.ts";
import { compare } from "./compare.ts";
import { makeTensor } from "./make_tensor.ts";
import { makeRandom } from "./random.ts";

/** Something a session does with values that are given, and their shapes. */
interface Primitive {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  run(session: Session, values: readonly Value[]): Value;
}

const samplesOf = (layout: Layout): Primitive => ({
  name: `sample() of planes in ${layout}`,
  shapes: [layout === "NCHW" ? [2, 5, 4, 6] : [2, 4, 6, 5]],
  run: (session, [x]) =>
    session.sample(
      x,
      productSamples(x.shape, {
        layout,
        outputSize: [2, 3],
        items: [1, 0, 1].map((source) => ({
          source,
          axes: [
            { elements: [[0, source + 1], [3]], weights: [[.25, .75], [-1]] },
            {
              elements: [[], [5, 4, 5], [source]],
              weights: [[], [.5, 0, 2], [1]],
            },
          ],
        })),
      }),
    ),
});

/** As many positions and channels as several threads divide. */
const manySamplesOf = (layout: Layout): Primitive => ({
  name: `sample() of many positions in ${layout}`,
  shapes: [layout === "NCHW" ? [2, 39, 9, 11] : [2, 9, 11, 39]],
  run: (session, [x]) =>
    session.sample(
      x,
      productSamples(x.shape, {
        layout,
        outputSize: [7, 13],
        items: [1, 0, 1, 1].map((source, item) => ({
          source,
          axes: [neighbours(7, 9, item), neighbours(13, 11, item + 1)],
        })),
      }),
    ),
});

/** Means of two elements, here and there. */
function neighbours(outputs: number, length: number, phase: number) {
  const elements = Array.from(
    { length: outputs },
    (_, i) => [(i + phase) % length, (3 * i + phase) % length],
  );
  return { elements, weights: elements.map(() => [.75, .5]) };
}

const sparseOf = (layout: Layout): Primitive => ({
  name: `sample() of each item alike in ${layout}`,
  shapes: [layout === "NCHW" ? [3, 5, 4, 2] : [3, 4, 2, 5]],
  run: (session, [x]) =>
    session.sample(
      x,
      sparseSamples(x.shape, {
        rows: {
          offsets: Int32Array.of(0, 2, 2, 3, 6),
          entries: Int32Array.of(7, 0, 3, 3, 2, 3),
          weights: Float32Array.of(1, .5, -2, 1, 3, .25),
        },
        outputSize: [4, 1],
        layout,
      }),
    ),
});

const primitives: readonly Primitive[] = [
  {
    name: "reshape()",
    shapes: [[2, 3, 4]],
    run: (session, [x]) => session.reshape(x, [4, 6]),
  },
  {
    name: "concat() along the first axis",
    shapes: [[1, 3], [2, 3], [0, 3]],
    run: (session, values) => session.concat(values, concatKernel, 0),
  },
  {
    name: "concat() along the middle axis, one value twice",
    shapes: [[3, 2, 5], [3, 4, 5]],
    run: (session, [a, b]) => session.concat([a, b, a], concatKernel, 1),
  },
  {
    name: "concat() along the last axis",
    shapes: [[70, 3], [70, 1]],
    run: (session, values) => session.concat(values, concatKernel, 1),
  },
  samplesOf("NCHW"),
  samplesOf("NHWC"),
  manySamplesOf("NCHW"),
  manySamplesOf("NHWC"),
  sparseOf("NCHW"),
  sparseOf("NHWC"),
  {
    name: "sample() of no items",
    shapes: [[2, 3, 4]],
    run: (session, [x]) =>
      session.sample(
        x,
        productSamples(x.shape, { outputSize: [2], items: [] }),
      ),
  },
];

/** The output of a primitive and the gradients of what it reads. */
async function evaluate(
  session: Session,
  { shapes, run }: Primitive,
): Promise<Tensor[]> {
  const random = makeRandom(1);
  const upload = (shape: readonly number[]) =>
    session.upload(makeTensor(shape, { random }));
  const values = shapes.map(upload);
  const y = run(session, values);
  const gradients = session.grad(y, upload(y.shape), values);
  return await Promise.all([y, ...gradients].map((it) => session.read(it)));
}

for (const primitive of primitives) {
  const test = backendTests(primitive.name, testBackends);
  test("gives what the interpreter does, and its gradient", async (backend) => {
    using session = backend.session({ mode: "train" });
    using oracle = interpreter().session({ mode: "train" });
    const got = await evaluate(session, primitive);
    const expected = await evaluate(oracle, primitive);
    for (const [index, tensor] of expected.entries()) {
      const tolerance = { rtol: 1e-6, atol: 1e-6 };
      const { fault } = compare(got[index], tensor, tolerance);
      if (fault !== undefined) throw new Error(fault);
    }
  });
}
