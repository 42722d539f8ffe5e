import { backendTests, float32, type Nested } from "@rockpool/conformance";
import type { Backend } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assert, assertEquals } from "@std/assert";
import { covariance, type CovarianceOptions } from "./mod.ts";

const normalizations = ["log", "sqrt", "isqrt", "none"] as const;

/** Outputs and the gradient of what depends on all of them. */
async function evaluate(
  backend: Backend,
  x: Nested,
  options: Partial<CovarianceOptions>,
): Promise<{ y: number[]; gradient: number[] }> {
  using session = backend.session({ mode: "train" });
  const given = session.upload(float32(x));
  const { y } = session.run(covariance, { x: given }, { options });
  const size = y.shape.reduce((product, length) => product * length, 1);
  const dy = Float32Array.from({ length: size }, (_, at) => 1 + at);
  const [gradient] = session.grad(
    y,
    session.upload({ shape: y.shape, data: dy }),
    [given],
  );
  return {
    y: [...(await session.read(y)).data],
    gradient: [...(await session.read(gradient)).data],
  };
}

/** f(0.001) for a covariance of 0 and eps 0.001, without eps for the others. */
const ofZero = {
  log: Math.fround(Math.log(1e-3)),
  sqrt: Math.fround(Math.sqrt(1e-3)),
  isqrt: 0,
  none: 0,
};

const test = backendTests("covariance");

test("gives f(ε) I and no gradient where nothing varies", async (backend) => {
  const constants = [.1, 1 / 3, -1e-3, 1e5];
  for (const positions of [1, 7, 100]) {
    const x = constants.map((value) => Array(positions).fill(value));
    for (const normalization of normalizations) {
      const options = { axes: 1, vectorize: false, normalization };
      const { y, gradient } = await evaluate(backend, x, options);
      const expected = constants.flatMap((_, i) =>
        constants.map((_, j) => i === j ? ofZero[normalization] : 0)
      );
      for (const [at, want] of expected.entries()) {
        assert(Math.abs(y[at] - want) <= 1e-6, `${y[at]}, not ${want}`);
      }
      assert(gradient.every((slope) => slope === 0), `${gradient}`);
    }
  }
});

test("gives NaN for an item with NaN or infinity, and no other", async (backend) => {
  const good = [[1, 2, 3, 5], [0, 2, -1, 1], [3, 3, 1, 0]];
  for (const normalization of normalizations) {
    for (const channelL2Norm of [false, true]) {
      const options = { axes: 1, normalization, channelL2Norm };
      const expected = await evaluate(backend, [good, good], options);
      for (const wrong of [NaN, Infinity, -Infinity]) {
        const bad = [good[0], [0, wrong, -1, 1], good[2]];
        const got = await evaluate(backend, [good, bad], options);
        for (const which of ["y", "gradient"] as const) {
          const half = got[which].length / 2;
          assertEquals(
            got[which].slice(0, half),
            expected[which].slice(0, half),
          );
          assert(
            got[which].slice(half).every(Number.isNaN),
            `${normalization} of ${wrong}: ${which} ${got[which]}`,
          );
        }
      }
    }
  }
});

test("loses nothing to a mean that outweighs what varies", async (backend) => {
  const varying = [[1, -2, 3, 0, 4, 1], [2, 2, -1, 3, 0, -3]];
  const options = { axes: 1, eps: 1e-3, numIters: 3 };
  for (const normalization of normalizations) {
    const all = { ...options, normalization };
    const far = varying.map((row) => row.map((x) => x / 1024 + 100));
    const near = varying.map((row) => row.map((x) => x / 1024));
    const [a, b] = [
      await evaluate(backend, far, all),
      await evaluate(backend, near, all),
    ];
    for (const which of ["y", "gradient"] as const) {
      const greatest = Math.max(...b[which].map(Math.abs));
      for (const [at, want] of b[which].entries()) {
        const error = Math.abs(a[which][at] - want);
        assert(error <= 3e-6 * greatest, `${a[which][at]}, not ${want}`);
      }
    }
  }
});

Deno.test("covariance by iterations comes to the square root", async () => {
  const x = [[1, 2, 3, 5, 1], [0, 2, -1, 1, 2], [3, 3, 1, 0, 1]];
  using backend = interpreter();
  const exact = await evaluate(backend, x, {
    axes: 1,
    normalization: "sqrt",
    eps: 0,
  });
  const iterated = await evaluate(backend, x, {
    axes: 1,
    normalization: "isqrt",
    numIters: 20,
  });
  for (const which of ["y", "gradient"] as const) {
    for (const [at, want] of exact[which].entries()) {
      assert(Math.abs(iterated[which][at] - want) < 1e-6);
    }
  }
});

Deno.test("covariance gives NaN where a logarithm without eps is of 0", async () => {
  const x = [[1, 2, 4, 3], [2, 4, 8, 6]];
  const { y, gradient } = await evaluate(interpreter(), x, {
    axes: 1,
    eps: 0,
  });
  assert([...y, ...gradient].every(Number.isNaN));
});
