import { assert, assertEquals } from "@std/assert";
import { backendTests, testInterpreter } from "@rockpool/conformance";
import { slide, windowKernel } from "@rockpool/kernel";
import { logarithmicSlope, spectralFunctions } from "./spectral_functions.ts";

const lows = [1e-12, 1e-6, 1e-3, 0.3, 1, 7, 1e3];
const ratios = [
  ...[0, 1e-9, 1e-7, 1e-5, 1e-3, 0.1, 0.5, 0.9, 0.99],
  ...[1, 1.01, 1.1, 2, 10, 1e3, 1e9],
];
const pairs = lows.flatMap((low) =>
  ratios.map((ratio) => [Math.fround(low), Math.fround(low * ratio)])
);

const slopes = windowKernel(
  "slopes",
  ["low", "distance"],
  ({ low, distance }, fold) => ({
    log: fold.sum(logarithmicSlope(low, distance)),
    rise: fold.sum(spectralFunctions.log.rise(distance, low)),
    sqrt: fold.sum(spectralFunctions.sqrt.slope(low, distance)),
  }),
);

/** The same in double precision by functions that are accurate. */
function expected([low, distance]: number[]): Record<string, number> {
  const rise = Math.log1p(distance / low);
  return {
    log: distance === 0 ? 1 / low : rise / distance,
    rise,
    sqrt: 1 / (Math.sqrt(low) + Math.sqrt(low + distance)),
  };
}

backendTests("slopes")(
  "have all digits for equal numbers too",
  async (backend) => {
    using session = backend.session();
    const upload = (column: number) =>
      session.upload({
        shape: [1, pairs.length],
        data: Float32Array.from(pairs, (pair) => pair[column]),
      });
    const low = upload(0);
    const found = session.window(
      slopes,
      { values: { low, distance: upload(1) } },
      slide(low.shape, { kernelSize: [1] }),
    );
    for (const [output, value] of Object.entries(found)) {
      const { data } = await session.read(value);
      for (const [at, pair] of pairs.entries()) {
        const want = expected(pair)[output];
        const error = Math.abs(data[at] - want);
        assert(
          error <= 1e-6 * Math.abs(want),
          `${output} of ${pair} is ${data[at]} instead of ${want}`,
        );
      }
    }
  },
);

Deno.test("the slope of the root of zeros is 0", async () => {
  using backend = await testInterpreter.open();
  using session = backend.session();
  const x = session.upload({ shape: [1, 1], data: Float32Array.of(0) });
  const { sqrt } = session.window(
    slopes,
    { values: { low: x, distance: x } },
    slide(x.shape, { kernelSize: [1] }),
  );
  assertEquals([...(await session.read(sqrt)).data], [0]);
});
