import {
  backendTests,
  compare,
  float32,
  testInterpreter,
} from "@rockpool/conformance";
import type { GivenOptions, Tensor, Value } from "@rockpool/core";
import { assertEquals } from "@std/assert";
import { dynamicOptimized, type DynamicOptimizedOptions } from "../mod.ts";

const tolerance = { rtol: 1e-6, atol: 0 };

backendTests("dynamic-optimized")(
  "gives the cost of a size",
  async (backend, test) => {
    /** The cost, and its gradient by one weight. */
    async function costAndGradient(
      options: GivenOptions<DynamicOptimizedOptions>,
      weights: Readonly<Record<string, Tensor>>,
    ): Promise<{ cost: Tensor; gradient: Tensor }> {
      using session = backend.session({ mode: "train" });
      const x = session.upload({
        shape: [1, 1, 32, 32],
        data: new Float32Array(1024),
      });
      const [[name, tensor]] = Object.entries(weights);
      const weight = session.upload(tensor);
      const { cost } = session.run(dynamicOptimized, { x }, {
        options: { gmacWeight: 1, ...options },
        weights: { [name]: weight },
      });
      const one = session.upload(float32([1]));
      const [gradient] = session.grad(cost!, one, [weight]);
      const read = (value: Value) => session.read(value);
      return { cost: await read(cost!), gradient: await read(gradient) };
    }
    const expectAlmost = (got: Tensor, want: Tensor) => {
      assertEquals(compare(got, want, tolerance).fault, undefined);
    };

    await test.step("12 × 20 cells instead of 16 × 16", async () => {
      const options = { r: 0.5, gmacs: 0.5 };
      const weights = { r: float32([0.375, 0.625]) };
      const { cost, gradient } = await costAndGradient(options, weights);
      expectAlmost(cost, float32([0.46875]));
      expectAlmost(gradient, float32([1.25, 0.75]));
    });
    await test.step("the same by α, weighed, of a given size", async () => {
      const options = { gmacWeight: 2, gmacs: 0.25, initialSize: 16 };
      const alpha = float32([8 / 3, 1.6]);
      const { cost, gradient } = await costAndGradient(options, { alpha });
      expectAlmost(cost, float32([0.46875]));
      // −r² times the gradient by r.
      expectAlmost(gradient, float32([-1.25 * 9 / 64, -0.75 * 25 / 64]));
    });
    await test.step("a length at its limit has no gradient", async () => {
      const options = { initialSize: 16, maxOutput: [32, 20] };
      const r = float32([0.375, 0.75]);
      const { cost, gradient } = await costAndGradient(options, {
        alpha: { ...r, data: r.data.map((x) => 1 / x) },
      });
      expectAlmost(cost, float32([0.9375]));
      const slope = 20 * 32 / 256 * 9 / 64;
      expectAlmost(gradient, float32([-slope, 0]));
    });
  },
);

Deno.test("dynamic-optimized gives a cost where it weighs something", async () => {
  using backend = await testInterpreter.open();
  using session = backend.session();
  const x = session.upload(float32([[[1, 2], [3, 4]]]));
  const { y, cost } = session.run(dynamicOptimized, { x });
  assertEquals(y.shape, [1, 1, 1]);
  assertEquals(cost, undefined);
  const options = { gmacWeight: 0.5, gmacs: 3 };
  const weighed = session.run(dynamicOptimized, { x }, { options });
  assertEquals([...(await session.read(weighed.cost!)).data], [1.5]);
});
