import type { Layout, Mode, Shape, Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { globalAverage } from "./global_average.ts";

const CHANNELS = 3;
const TIED = [-1, 1, 0, .5];

function made(shape: Shape, at: (index: number) => number): Tensor {
  const length = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => at(i)) };
}

async function pooled(
  x: Tensor,
  { mode, layout, train }: {
    mode: "avg" | "max";
    layout: Layout;
    train: boolean;
  },
) {
  const sessionMode: Mode = train ? "train" : "infer";
  using session = interpreter().session({ mode: sessionMode });
  const input = session.upload(x);
  const options = { mode, layout };
  const { y } = session.run(globalAverage, { x: input }, { options });
  const got = (await session.read(y)).data;
  if (!train) return { y: got, gradient: undefined };
  const dy = { shape: y.shape, data: Float32Array.of(1, 2, 3) };
  const [gradient] = session.grad(y, session.upload(dy), [input]);
  return { y: got, gradient: (await session.read(gradient)).data };
}

/** Where the elements of a channel stand, in the order of the plane. */
function placesOf(channel: number, size: number, layout: Layout): number[] {
  return Array.from(
    { length: size },
    (_, i) => layout === "NCHW" ? channel * size + i : i * CHANNELS + channel,
  );
}

for (const layout of ["NCHW", "NHWC"] as const) {
  for (const plane of [[33, 37], [32, 36], [1024, 1], [1, 1031]]) {
    const size = plane[0] * plane[1];
    const shape = layout === "NCHW"
      ? [1, CHANNELS, ...plane]
      : [1, ...plane, CHANNELS];
    const what = `planes of ${plane.join("×")} in ${layout}`;

    Deno.test(`global-average has the mean of ${what}`, async () => {
      const x = made(shape, (i) => Math.sin(i * i));
      const { y, gradient } = await pooled(x, {
        mode: "avg",
        layout,
        train: true,
      });
      for (let channel = 0; channel < CHANNELS; channel++) {
        const places = placesOf(channel, size, layout);
        const sum = places.reduce((sum, at) => sum + x.data[at], 0);
        assertAlmostEquals(y[channel], sum / size, 1e-6);
        for (const at of places) {
          assertAlmostEquals(gradient![at], (channel + 1) / size, 1e-9);
        }
      }
    });

    for (const train of [true, false]) {
      const mode = train ? "training" : "inferring";
      Deno.test(`global-average has the maximum of ${what}, ${mode}`, async () => {
        const x = made(shape, (i) => TIED[(i * i + (i >> 3)) % 4]);
        const [, , third] = [0, 1, 2]
          .map((channel) => placesOf(channel, size, layout));
        // NaN twice in the last channel: the later one takes the gradient.
        for (const at of [third[5], third[700]]) x.data[at] = NaN;
        const { y, gradient } = await pooled(x, { mode: "max", layout, train });
        assertEquals([...y], [1, 1, NaN]);
        if (!gradient) return;
        const expected = new Float32Array(x.data.length);
        for (const channel of [0, 1]) {
          const places = placesOf(channel, size, layout);
          const first = places.find((at) => x.data[at] === 1)!;
          expected[first] = channel + 1;
        }
        expected[third[700]] = 3;
        assertEquals(gradient, expected);
      });
    }
  }
}
