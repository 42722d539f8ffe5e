import { assert } from "@std/assert";
import { interpreter, type InterpreterValue, jacobi } from "@rockpool/kernel";
import { covariance, type CovarianceOptions } from "./mod.ts";

/** A channel in each row, in double precision. */
type Channels = readonly (readonly number[])[];

/** Channels of variance 1 that are orthogonal to each other and have mean 0. */
const orthogonal: Channels = [
  [1, -1, 1, -1, 1, -1, 1, -1],
  [1, 1, -1, -1, 1, 1, -1, -1],
  [1, -1, -1, 1, 1, -1, -1, 1],
  [1, 1, 1, 1, -1, -1, -1, -1],
];

const times = (scales: readonly number[]): Channels =>
  scales.map((scale, i) => orthogonal[i].map((x) => scale * x));

/** Some numbers without any order, the same ones each time. */
function mixed(rows: number, columns: number, { mean = 0 } = {}): Channels {
  let state = 7;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from(
    { length: rows },
    () => Array.from({ length: columns }, () => mean + 2 * next() - 1),
  );
}

/** The mirror image, so that eigenvectors lie along no axis. */
function mirrored(channels: Channels): Channels {
  return channels.map((row) =>
    row.map((x, k) => {
      const sum = channels.reduce((sum, other) => sum + other[k], 0);
      return x - 2 * sum / channels.length;
    })
  );
}

const independent = mixed(3, 9);
const dependent = [...independent, independent[0].map((x) => 3 * x + 1)];

const cases: readonly {
  readonly name: string;
  readonly channels: Channels;
  readonly options?: Partial<CovarianceOptions>;
}[] = [
  { name: "some numbers", channels: mixed(4, 10) },
  { name: "a large mean", channels: mixed(4, 10, { mean: 100 }) },
  { name: "as many channels as positions", channels: mixed(5, 5) },
  { name: "more channels than positions", channels: mixed(6, 4) },
  { name: "a channel that depends on others", channels: dependent },
  { name: "one channel", channels: mixed(1, 5) },
  { name: "two positions", channels: mixed(3, 2) },
  { name: "equal eigenvalues", channels: mirrored(times([1, 1, 1, 1])) },
  { name: "three equal eigenvalues", channels: mirrored(times([1, 1, 1, 2])) },
  {
    name: "nearly equal eigenvalues",
    channels: mirrored(times([1, 1 + 1e-7, 1 - 1e-7, 1 + 1e-9])),
  },
  {
    name: "equal eigenvalues of 0",
    channels: mirrored(times([1, 0, 0, 2])),
  },
  {
    name: "eigenvalues of very different sizes",
    channels: mirrored(times([3, 1, .1, .01])),
  },
  {
    name: "a small eps",
    channels: mixed(4, 10),
    options: { eps: 1e-12 },
  },
  { name: "no eps", channels: mixed(4, 10), options: { eps: 0 } },
  {
    name: "the divisor M − 1",
    channels: mixed(3, 6),
    options: { unbiased: true },
  },
  {
    name: "channels of length 1",
    channels: mixed(3, 6, { mean: 1 }),
    options: { channelL2Norm: true },
  },
  {
    name: "what the skip-connected covariance network does",
    channels: mixed(6, 4, { mean: 1 }),
    options: {
      unbiased: true,
      eps: 5e-3,
      channelL2Norm: true,
      order: "diagFirst",
      offDiagScale: Math.SQRT2,
    },
  },
  {
    name: "matrices whose gradient is not symmetric",
    channels: mixed(3, 6),
    options: { vectorize: false },
  },
];

/** f(C + ε I) as the definition says, with all of the D × D matrix. */
function define(
  channels: Channels,
  options: Partial<CovarianceOptions>,
): number[][] {
  const { normalization = "log", unbiased, channelL2Norm, numIters = 5 } =
    options;
  const isSpectral = normalization === "log" || normalization === "sqrt";
  const eps = options.eps ?? (isSpectral ? 1e-3 : 0);
  const size = channels.length;
  const rows = channels.map((row) => {
    const length = Math.hypot(...row) + 1e-12;
    const scaled = channelL2Norm ? row.map((x) => x / length) : row;
    const mean = scaled.reduce((sum, x) => sum + x, 0) / row.length;
    return scaled.map((x) => x - mean);
  });
  const m = rows[0].length - (unbiased ? 1 : 0);
  const c = rows.map((a, i) =>
    rows.map((b, j) =>
      a.reduce((sum, x, k) => sum + x * b[k], 0) / m + (i === j ? eps : 0)
    )
  );
  if (normalization === "none") return c;
  if (normalization === "isqrt") return iterate(c, numIters);
  const { values, vectors } = jacobi(Float64Array.from(c.flat()), size);
  const f = normalization === "log" ? Math.log : Math.sqrt;
  return rows.map((_, i) =>
    rows.map((_, j) =>
      values.reduce(
        (sum, value, r) =>
          // Rounding errors may be negative.
          sum + f(Math.max(value, eps)) * vectors[r * size + i] *
            vectors[r * size + j],
        0,
      )
    )
  );
}

function iterate(c: number[][], numIters: number): number[][] {
  const trace = c.reduce((sum, row, i) => sum + row[i], 0);
  let y = c.map((row) => row.map((x) => x / trace));
  let z = c.map((row, i) => row.map((_, j): number => i === j ? 1 : 0));
  for (let k = 0; k < numIters; k++) {
    const t = product(z, y).map((row, i) =>
      row.map((x, j) => ((i === j ? 3 : 0) - x) / 2)
    );
    [y, z] = [product(y, t), product(t, z)];
  }
  return y.map((row) => row.map((x) => x * Math.sqrt(trace)));
}

function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) =>
    b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0))
  );
}

/** What the definition gives as a vector. */
function vectorOf(
  f: number[][],
  options: Partial<CovarianceOptions>,
): number[] {
  const { vectorize = true, order = "row", offDiagScale = 1 } = options;
  if (!vectorize) return f.flat();
  const places = f.flatMap((_, i) => f.map((_, j) => [i, j]))
    .filter(([i, j]) => i <= j);
  if (order !== "row") places.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  if (order === "diagFirst") {
    places.sort((a, b) => Number(a[0] < a[1]) - Number(b[0] < b[1]));
  }
  return places.map(([i, j]) => f[i][j] * (i === j ? 1 : offDiagScale));
}

/** Output and gradient of the operator in double precision. */
function operate(
  channels: Channels,
  options: Partial<CovarianceOptions>,
): { y: Float64Array; dy: Float64Array; gradient: Float64Array } {
  using session = interpreter().session({ mode: "train" });
  const shape = [1, channels.length, channels[0].length];
  const x = session.empty(shape) as InterpreterValue;
  x.data.set(channels.flat());
  const { y } = session.run(covariance, { x }, {
    options: { ...options, axes: 1 },
  });
  const dy = session.empty(y.shape) as InterpreterValue;
  dy.data.set(dy.data.map((_, at) => Math.sin(3 * at + 1)));
  const [gradient] = session.grad(y, dy, [x]) as InterpreterValue[];
  return {
    y: (y as InterpreterValue).data.slice(),
    dy: dy.data.slice(),
    gradient: gradient.data.slice(),
  };
}

const normalizations = ["log", "sqrt", "isqrt", "none"] as const;

for (const { name, channels, options } of cases) {
  for (const normalization of normalizations) {
    const all = { ...options, normalization };
    Deno.test(`covariance, ${normalization}, of ${name} is the definition, with its slope`, () => {
      const { y, dy, gradient } = operate(channels, all);
      const expected = vectorOf(define(channels, all), all);
      const greatest = Math.max(1, ...expected.map(Math.abs));
      for (const [at, want] of expected.entries()) {
        assert(
          Math.abs(y[at] - want) < 1e-6 * greatest,
          `${y[at]} instead of ${want} at ${at}`,
        );
      }
      const size = channels[0].length;
      const steepest = Math.max(1e-3, ...gradient.map(Math.abs));
      for (const [at, slope] of gradient.entries()) {
        const step = 1e-6;
        const [above, below] = [step, -step].map((by) => {
          const moved = channels.map((row) => [...row]);
          moved[Math.floor(at / size)][at % size] += by;
          return operate(moved, all).y
            .reduce((sum, value, k) => sum + value * dy[k], 0);
        });
        const want = (above - below) / (2 * step);
        assert(
          Math.abs(slope - want) < 1e-5 * steepest,
          `the gradient is ${slope}, the slope ${want} at ${at}`,
        );
      }
    });
  }
}
