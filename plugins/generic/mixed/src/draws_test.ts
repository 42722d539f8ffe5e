import type { Backend, GivenOptions, Tensor } from "@rockpool/core";
import { backendTests, int32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertLess } from "@std/assert";
import { mixed, type MixedOptions } from "../mod.ts";

/** A batch of windows [0, 2], whose y is therefore 1 + λ. */
function windowsOf(items: number, channels: number, windows: number): Tensor {
  const size = items * channels * windows * 2;
  const data = Float32Array.from({ length: size }, (_, index) => index % 2 * 2);
  return { shape: [items, channels, windows * 2], data };
}

/** λ of every window, and the counts if there are any. */
async function lambdas(
  backend: Backend,
  x: Tensor,
  { seed = 42, mode = "train", ...options }: GivenOptions<MixedOptions> & {
    seed?: number;
    mode?: "train" | "infer";
  },
): Promise<{ lambda: number[]; counts: number[] }> {
  using session = backend.session({ seed, mode });
  const { y, counts } = session.run(mixed, { x: session.upload(x) }, {
    options: { kernelSize: [2], ...options },
  });
  const { data } = await session.read(y);
  return {
    lambda: Array.from(data, (value) => value - 1),
    counts: counts ? [...(await session.read(counts)).data] : [],
  };
}

const test = backendTests("mixed");

test("draws once for what granularity names", async (backend) => {
  const x = windowsOf(2, 2, 3);
  const draw = async (granularity: MixedOptions["granularity"]) =>
    (await lambdas(backend, x, { granularity })).lambda.join("");
  // The first words of seed 42 are 4e83f1ba, dec9b9e0, 944d0b48, 097c77eb.
  assertEquals(await draw("layer"), "111" + "111" + "111" + "111");
  assertEquals(await draw("channel"), "111" + "000" + "111" + "000");
  assertEquals(await draw("plane"), "111" + "000" + "000" + "111");
  assertEquals((await draw("window")).slice(0, 4), "1001");
});

test("draws the interpreter's bits, others for others", async (backend) => {
  const x = windowsOf(4, 8, 16);
  const drawn = new Set<string>();
  for (const granularity of ["plane", "channel", "window"] as const) {
    for (const seed of [0, 7, 2 ** 32 - 1]) {
      const options = { granularity, seed, probability: 0.3 };
      const { lambda } = await lambdas(backend, x, options);
      const expected = await lambdas(interpreter(), x, options);
      assertEquals(lambda, expected.lambda);
      drawn.add(lambda.join(""));
    }
  }
  assertEquals(drawn.size, 9);
});

test("draws anew in each call of a session", async (backend) => {
  using session = backend.session({ mode: "train" });
  const x = session.upload(windowsOf(1, 1, 64));
  const run = async () => {
    const options = { kernelSize: [2], granularity: "window" } as const;
    const { y } = session.run(mixed, { x }, { options });
    return (await session.read(y)).data.join();
  };
  assertEquals(await run() === await run(), false);
});

test("adds what it draws to the counts", async (backend) => {
  const x = windowsOf(2, 2, 3);
  const frequencies = {
    evalMode: "frequency",
    counts: int32([[10, 20], [30, 40]]),
  } as const;
  const count = async (granularity: MixedOptions["granularity"]) =>
    await lambdas(backend, x, { granularity, ...frequencies });
  assertEquals((await count("layer")).counts, [11, 21, 30, 40]);
  assertEquals((await count("channel")).counts, [11, 20, 30, 41]);
  assertEquals((await count("plane")).counts, [11, 21, 31, 41]);
  const { lambda, counts } = await count("window");
  const chosen = [0, 1].map((channel) =>
    [0, 6].flatMap((item) => lambda.slice(item + channel * 3).slice(0, 3))
      .filter((one) => one === 1).length
  );
  const [first, second] = chosen;
  assertEquals(counts, [10 + first, 20 + second, 36 - first, 46 - second]);
});

test("takes what the counts have more of", async (backend) => {
  const { lambda, counts } = await lambdas(backend, windowsOf(2, 3, 1), {
    mode: "infer",
    evalMode: "frequency",
    counts: int32([[4, 5, 6], [5, 5, 5]]),
  });
  assertEquals(lambda, [0, 1, 1, 0, 1, 1]);
  assertEquals(counts, []);
});

test("blends by the probability in inference", async (backend) => {
  const options = { mode: "infer", probability: 0.25 } as const;
  const { lambda } = await lambdas(backend, windowsOf(2, 2, 1), options);
  assertEquals(lambda, [0.25, 0.25, 0.25, 0.25]);
});

test("never draws probability 0, always 1", async (backend) => {
  for (const granularity of ["plane", "window"] as const) {
    for (const probability of [0, 1]) {
      const { lambda } = await lambdas(backend, windowsOf(8, 8, 8), {
        granularity,
        probability,
      });
      assertEquals(new Set(lambda), new Set([probability]));
    }
  }
});

Deno.test("mixed draws the maximum as often as its probability says", async () => {
  const total = 32 * 32 * 8;
  for (const granularity of ["plane", "window"] as const) {
    const x = granularity === "plane"
      ? windowsOf(64, total / 64, 1)
      : windowsOf(4, 4, total / 16);
    for (const probability of [0.1, 0.5, 0.7]) {
      const options = { granularity, probability };
      const { lambda } = await lambdas(interpreter(), x, options);
      // Pairs of neighbours, so that draws that go together are found too.
      const seen = [0, 0, 0, 0];
      for (let at = 0; at < total; at += 2) {
        seen[2 * lambda[at] + lambda[at + 1]] += 1;
      }
      const [no, yes] = [1 - probability, probability];
      const chiSquared = [no * no, no * yes, yes * no, yes * yes]
        .map((share) => share * total / 2)
        .reduce((sum, n, at) => sum + (seen[at] - n) ** 2 / n, 0);
      // One in a thousand is above, with three degrees of freedom.
      assertLess(chiSquared, 16.27);
    }
  }
});
