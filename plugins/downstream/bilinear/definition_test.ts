import { float32 } from "@rockpool/conformance";
import {
  type GivenOptions,
  type PoolingOp,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertAlmostEquals, assertLess } from "@std/assert";
import { bilinear, type BilinearOptions } from "./mod.ts";
import { compactBilinear, type CompactOptions } from "./compact.ts";
import { countSketch, signMatrix } from "./src/hashes.ts";
import { sketchEach } from "./src/sketch_each.ts";
import { sketchOf } from "./src/tensor_sketch.ts";

/** A matrix, a row for each channel and a column for each location. */
type Matrix = readonly (readonly number[])[];

const CHANNELS = { x: 3, y: 4 };
const LOCATIONS = 6;

/** Numbers away from 0, whose products are too. */
function matrix(rows: number, phase: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from(
      { length: LOCATIONS },
      (_, l) => Math.fround(1.5 + Math.sin(7 * i + 3 * l + phase)),
    ));
}

/** Two items of features in a layout, with 6 locations. */
function tensorOf(items: readonly Matrix[], layout: string): Tensor {
  const shape = [items.length, items[0].length, 2, 3];
  const data = items.flatMap((item) =>
    layout === "NCHW"
      ? item.flat()
      : item[0].flatMap((_, l) => item.map((row) => row[l]))
  );
  return {
    shape: layout === "NCHW" ? shape : [shape[0], 2, 3, shape[1]],
    data: Float32Array.from(data),
  };
}

/** Σ x yᵀ. */
function gram(x: Matrix, y: Matrix): number[][] {
  return x.map((a) =>
    y.map((b) => a.reduce((sum, value, l) => sum + value * b[l], 0))
  );
}

/** The signed root of each number, and all divided by their norm. */
function normalized(v: readonly number[]): number[] {
  const roots = v.map((x) => Math.sign(x) * Math.sqrt(Math.abs(x)));
  const norm = Math.hypot(...roots);
  return roots.map((root) => root / norm);
}

/** The slopes of Σ g f(x) by differences in double precision. */
function slopes(
  x: readonly (readonly number[])[],
  f: (x: Matrix) => readonly number[],
  g: readonly number[],
): number[][] {
  const loss = (moved: Matrix) =>
    f(moved).reduce((sum, value, at) => sum + value * g[at], 0);
  const step = 1e-5;
  return x.map((row, i) =>
    row.map((value, l) => {
      const at = (value: number) =>
        loss(x.with(i, row.with(l, value) as number[]));
      return (at(value + step) - at(value - step)) / (2 * step);
    })
  );
}

/** Compares an operator, forward and backward, with its definition. */
async function checkDefinition<Options extends object>(
  op: PoolingOp<Options, string, never, string>,
  options: GivenOptions<Options> & { homogeneous?: boolean; layout: string },
  define: (x: Matrix, y: Matrix) => readonly number[],
): Promise<void> {
  const { homogeneous = true, layout } = options;
  const items = [0, 1].map((item) => ({
    x: matrix(CHANNELS.x, item),
    y: matrix(CHANNELS.y, 10 + item),
  }));
  using session = interpreter().session({ mode: "train" });
  const upload = (name: "x" | "y") =>
    session.upload(tensorOf(items.map((item) => item[name]), layout));
  const x = upload("x");
  const inputs: Record<string, Value> = homogeneous
    ? { x }
    : { x, y: upload("y") };
  const { y } = session.run(op, inputs, { options });
  const length = sizeOf(y.shape) / 2;
  const g = items.map((_, item) =>
    Array.from({ length }, (_, at) => Math.fround(Math.cos(5 * at + item)))
  );
  const dy = { shape: y.shape, data: Float32Array.from(g.flat()) };
  const gradients = session.grad(
    y,
    session.upload(dy),
    Object.values(inputs),
  );
  const check = (got: Tensor, expected: Tensor, within: number) => {
    for (const [at, value] of expected.data.entries()) {
      assertAlmostEquals(got.data[at], value, within);
    }
  };
  const expected = items.map(({ x, y }) => define(x, homogeneous ? x : y));
  const data = Float32Array.from(expected.flat());
  check(await session.read(y), { shape: y.shape, data }, 1e-6);
  const gx = items.map(({ x, y }, item) =>
    slopes(x, (x) => define(x, homogeneous ? x : y), g[item])
  );
  check(await session.read(gradients[0]), tensorOf(gx, layout), 1e-6);
  if (homogeneous) return;
  const gy = items.map(({ x, y }, item) =>
    slopes(y, (y) => define(x, y), g[item])
  );
  check(await session.read(gradients[1]), tensorOf(gy, layout), 1e-6);
}

/** Each location's circular convolution of both count sketches. */
function sketches(x: Matrix, y: Matrix, outputDim: number): number[][] {
  const [first, second] = [x, y].map((of, at) =>
    countSketch(of.length, { buckets: outputDim, seed: 1, which: at as 0 | 1 })
  );
  return Array.from({ length: LOCATIONS }, (_, l) => {
    const counts = (of: Matrix, { buckets, signs }: typeof first) => {
      const counts = new Array<number>(outputDim).fill(0);
      of.forEach((row, i) => counts[buckets[i]] += signs[i] * row[l]);
      return counts;
    };
    const [a, b] = [counts(x, first), counts(y, second)];
    return a.map((_, k) =>
      a.reduce(
        (sum, value, q) => sum + value * b[(k - q + outputDim) % outputDim],
        0,
      )
    );
  });
}

/** Each location's products of both projections. */
function projections(x: Matrix, y: Matrix, outputDim: number): number[][] {
  const [w1, w2] = [x, y].map((of, at) =>
    signMatrix([outputDim, of.length], { seed: 1, which: at as 0 | 1 })
  );
  return Array.from(
    { length: LOCATIONS },
    (_, l) =>
      Array.from({ length: outputDim }, (_, k) => {
        const project = (w: Float32Array, of: Matrix) =>
          of.reduce((sum, row, i) => sum + w[k * of.length + i] * row[l], 0);
        return project(w1, x) * project(w2, y) / Math.sqrt(outputDim);
      }),
  );
}

for (const layout of ["NCHW", "NHWC"] as const) {
  for (const homogeneous of [true, false]) {
    const what = `${homogeneous ? "x with x" : "x with y"} in ${layout}`;
    const options = { layout, homogeneous, gradEps: 0 };

    for (const reduction of ["sum", "mean"] as const) {
      Deno.test(`bilinear is its definition, ${reduction} of ${what}`, () =>
        checkDefinition<BilinearOptions>(
          bilinear,
          { ...options, reduction, l2Norm: false, signedSqrt: false },
          (x, y) =>
            gram(x, y).flat().map((b) =>
              reduction === "sum" ? b : b / LOCATIONS
            ),
        ));
    }
    Deno.test(`bilinear is its definition, normalised, ${what}`, () =>
      checkDefinition<BilinearOptions>(
        bilinear,
        options,
        (x, y) => normalized(gram(x, y).flat()),
      ));

    const methods = { tensorSketch: sketches, randomMaclaurin: projections };
    for (const [name, each] of Object.entries(methods)) {
      const method = name as keyof typeof methods;
      // With few of them, Random Maclaurin projects each location.
      for (const outputDim of [2, 5, 40]) {
        const compact = { ...options, method, outputDim };
        Deno.test(`compact-bilinear is its definition, ${method} of ${outputDim}, ${what}`, () =>
          checkDefinition<CompactOptions>(
            compactBilinear,
            { ...compact, l2Norm: false, signedSqrt: false },
            (x, y) =>
              each(x, y, outputDim).reduce((sum, phi) =>
                sum.map((value, k) => value + phi[k])
              ),
          ));
        Deno.test(`compact-bilinear is its definition, ${method} of ${outputDim}, each of ${what}`, () =>
          checkDefinition<CompactOptions>(
            compactBilinear,
            { ...compact, sumPool: false, signedSqrt: false },
            (x, y) => {
              const phi = each(x, y, outputDim);
              const flat = layout === "NHWC"
                ? phi.flat()
                : phi[0].flatMap((_, k) => phi.map((at) => at[k]));
              const norm = Math.hypot(...flat);
              return flat.map((value) => value / norm);
            },
          ));
      }
    }
  }

  Deno.test(`the upper triangle of bilinear is its definition in ${layout}`, () =>
    checkDefinition<BilinearOptions>(
      bilinear,
      { layout, triu: true, order: "col", offDiagScale: 2, gradEps: 0 },
      (x) => {
        const b = gram(x, x);
        return normalized(
          b.flatMap((_, j) =>
            Array.from(
              { length: j + 1 },
              (_, i) => (i === j ? 1 : 2) * b[i][j],
            )
          ),
        );
      },
    ));

  Deno.test(`sketches of locations do not depend on the parts in ${layout}`, () => {
    const results: Float64Array[][] = [];
    for (const most of [1, 50, 1000]) {
      using session = interpreter().session({ mode: "train" });
      const shapes: Shape[] = [3, 4].map((channels) =>
        layout === "NCHW" ? [2, channels, 7] : [2, 7, channels]
      );
      const [x, y] = shapes.map((shape, at) =>
        session.upload({
          shape,
          data: Float32Array.from(
            { length: sizeOf(shape) },
            (_, i) => Math.sin(i + at),
          ),
        })
      );
      const [first, second] = [3, 4].map((channels, at) =>
        countSketch(channels, { buckets: 5, seed: 1, which: at as 0 | 1 })
      );
      const sketch = sketchOf(first, second, 5);
      const phi = sketchEach(session, { x, y, layout }, sketch, most);
      const dy = session.upload({
        shape: phi.shape,
        data: new Float32Array(70).map((_, at) => at % 11),
      });
      const gradients = session.grad(phi, dy, [x, y]);
      results.push([phi as typeof x, ...gradients].map(({ data }) => data));
    }
    for (const [at, whole] of results[2].entries()) {
      for (const parts of results.slice(0, 2)) {
        whole.forEach((value, i) =>
          assertAlmostEquals(parts[at][i], value, 1e-12)
        );
      }
    }
  });
}

for (const method of ["tensorSketch", "randomMaclaurin"] as const) {
  Deno.test(`products of sketches are on average ⟨x, y⟩², ${method}`, () => {
    const x = float32([[1, -2, .5, 1.5], [.5, 1, -1, 2]]);
    const options = { axes: 0, outputDim: 16, method } as const;
    const products: number[] = [];
    using backend = interpreter();
    for (let seed = 0; seed < 600; seed++) {
      using session = backend.session();
      const { y } = session.run(compactBilinear, { x: session.upload(x) }, {
        options: { ...options, seed, signedSqrt: false, l2Norm: false },
      });
      const d = 16;
      products.push(
        y.data.subarray(0, d).reduce(
          (sum, value, k) => sum + value * y.data[d + k],
          0,
        ),
      );
    }
    const mean = products.reduce((sum, x) => sum + x) / products.length;
    const variance = products.reduce((sum, x) => sum + (x - mean) ** 2, 0) /
      products.length;
    const error = Math.sqrt(variance / products.length);
    // ⟨x, y⟩ = 0.5 − 2 − 0.5 + 3 = 1
    assertLess(Math.abs(mean - 1), 3 * error);
  });
}
