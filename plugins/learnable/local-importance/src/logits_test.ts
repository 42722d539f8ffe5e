import {
  type GivenOptions,
  type Shape,
  sizeOf,
  validateOptions,
} from "@rockpool/core";
import { interpreter, type InterpreterValue } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { localImportance } from "../mod.ts";
import { kaimingNormal } from "./kaiming_normal.ts";
import { type LogitWeight, networkLogits } from "./logits.ts";
import type { LocalImportanceOptions } from "./options.ts";

/** Numbers of one tensor, in double precision. */
type Numbers = Float64Array;

/** Numbers in no order, others for each name. */
function numbersOf(name: string, size: number): Numbers {
  const key = name.split("").reduce((sum, c) => sum * 7 + c.charCodeAt(0), 0);
  return Float64Array.from(
    { length: size },
    (_, index) => Math.sin((index + 1) * (index + key)),
  );
}

/** A network and an item of three channels for it. */
interface Trial {
  readonly options: LocalImportanceOptions;
  readonly spatial: readonly number[];
  readonly shape: Shape;
}

const CHANNELS = 3;

const trials: Trial[] = [
  { logit: "simplified", logitKernelSize: 1 },
  { logit: "simplified", logitKernelSize: 3, coefficient: 5 },
  { logit: "simplified", logitKernelSize: 5, eps: 0.1 },
  { logit: "bottleneck", bottleneckWidth: 4 },
].flatMap((network) =>
  (["NCHW", "NHWC"] as const).flatMap((layout) =>
    [[7], [4, 6], [3, 2, 4], [1, 1]].map((spatial) => ({
      options: validateOptions(localImportance.options, {
        ...network as GivenOptions<LocalImportanceOptions>,
        layout,
        axes: spatial.length,
      }),
      spatial,
      shape: layout === "NCHW"
        ? [CHANNELS, ...spatial]
        : [...spatial, CHANNELS],
    }))
  )
);

const nameOf = ({ options, spatial }: Trial) =>
  `${options.logit} ${options.logitKernelSize}, ${options.layout}, ${
    spatial.join("×")
  }`;

/** Runs work on the inputs of a trial, moved along `waves` by some distance. */
function withTensors<Result>(
  { shape, options }: Trial,
  distance: number,
  work: (
    session: ReturnType<ReturnType<typeof interpreter>["session"]>,
    x: InterpreterValue,
    weights: Record<LogitWeight, InterpreterValue>,
  ) => Result,
): Result {
  using session = interpreter().session({ mode: "train" });
  const upload = (name: string, shape: Shape) => {
    const value = session.empty(shape) as InterpreterValue;
    const direction = numbersOf(`${name} direction`, sizeOf(shape));
    for (const [at, number] of numbersOf(name, sizeOf(shape)).entries()) {
      value.data[at] = number + distance * direction[at];
    }
    return value;
  };
  const specs = localImportance.weights!({ x: shape, logit: [] }, options);
  const weights = Object.fromEntries(
    Object.entries(specs)
      .map(([name, { shape }]) => [name, upload(name, shape)]),
  );
  return work(
    session,
    upload("x", shape),
    weights as Record<LogitWeight, InterpreterValue>,
  );
}

for (const trial of trials) {
  Deno.test(`networkLogits() gives what plain loops give, ${nameOf(trial)}`, () => {
    const { options, shape, spatial } = trial;
    withTensors(trial, 0, (session, x, weights) => {
      const got = networkLogits(session, x, options, weights);
      assertEquals(got.shape, shape);
      const given = (name: LogitWeight) => weights[name].data;
      let maps = planesOf(x.data, trial);
      const stage = (suffix: "" | 1 | 2 | 3, size: number) => {
        const filters = given(`conv${suffix}`);
        maps = plainNorm(plainConvolution(maps, filters, { size, spatial }), {
          gamma: given(`gamma${suffix}`),
          beta: given(`beta${suffix}`),
          eps: options.eps,
        });
      };
      const relu = () => {
        maps = maps.map((plane) => plane.map((n) => Math.max(n, 0)));
      };
      if (options.logit === "simplified") stage("", options.logitKernelSize);
      else {
        stage(1, 1);
        relu();
        stage(2, 3);
        relu();
        stage(3, 1);
      }
      const logits = planesOf((got as InterpreterValue).data, trial);
      for (const [c, plane] of logits.entries()) {
        for (const [pixel, logit] of plane.entries()) {
          const bounded = options.coefficient / (1 + Math.exp(-maps[c][pixel]));
          assertAlmostEquals(logit, bounded, 1e-9);
        }
      }
    });
  });

  Deno.test(`networkLogits() has the gradient that fine steps show, ${nameOf(trial)}`, () => {
    const dyOf = (size: number) => numbersOf("dy", size);
    const lossAt = (distance: number) =>
      withTensors(trial, distance, (session, x, weights) => {
        const { options } = trial;
        const logits = networkLogits(session, x, options, weights);
        const { data } = logits as InterpreterValue;
        const dy = dyOf(data.length);
        return data.reduce((sum, y, at) => sum + y * dy[at], 0);
      });
    // Small enough that no ReLU bends within it, as it does within a step of
    // float32.
    const step = 1e-6;
    const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
    const expected = withTensors(trial, 0, (session, x, weights) => {
      const logits = networkLogits(session, x, trial.options, weights);
      const dy = session.empty(logits.shape) as InterpreterValue;
      dy.data.set(dyOf(dy.data.length));
      const variables = Object.entries({ x, ...weights });
      const gradients = session.grad(
        logits,
        dy,
        variables.map(([, value]) => value),
      );
      let sum = 0;
      for (const [index, [name]] of variables.entries()) {
        const { data } = gradients[index] as InterpreterValue;
        const direction = numbersOf(`${name} direction`, data.length);
        for (const [at, share] of data.entries()) sum += share * direction[at];
      }
      return sum;
    });
    assertAlmostEquals(slope, expected, 1e-6 * (1 + Math.abs(expected)));
  });
}

/** Each channel's numbers, pixel by pixel. */
function planesOf(data: Numbers, { options, spatial }: Trial): Numbers[] {
  const pixels = sizeOf(spatial);
  return Array.from(
    { length: CHANNELS },
    (_, c) =>
      Float64Array.from(
        { length: pixels },
        (_, pixel) =>
          options.layout === "NCHW"
            ? data[c * pixels + pixel]
            : data[pixel * CHANNELS + c],
      ),
  );
}

/** The place of a pixel along each axis, or of a position in a kernel. */
function placeOf(index: number, lengths: readonly number[]): number[] {
  return lengths.map((length, axis) =>
    Math.floor(index / sizeOf(lengths.slice(axis + 1))) % length
  );
}

function plainConvolution(
  maps: readonly Numbers[],
  filters: Numbers,
  { size, spatial }: { size: number; spatial: readonly number[] },
): Numbers[] {
  const taps = size ** spatial.length;
  const kernel = spatial.map(() => size);
  const outputs = filters.length / (maps.length * taps);
  return Array.from(
    { length: outputs },
    (_, output) =>
      Float64Array.from({ length: sizeOf(spatial) }, (_, pixel) => {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          const offset = placeOf(tap, kernel);
          const place = placeOf(pixel, spatial)
            .map((at, axis) => at + offset[axis] - Math.floor(size / 2));
          if (place.some((at, axis) => at < 0 || at >= spatial[axis])) continue;
          const from = place.reduce((sum, at, axis) =>
            sum * spatial[axis] + at
          );
          for (const [channel, plane] of maps.entries()) {
            const filter = (output * maps.length + channel) * taps + tap;
            sum += filters[filter] * plane[from];
          }
        }
        return sum;
      }),
  );
}

function plainNorm(
  maps: readonly Numbers[],
  { gamma, beta, eps }: { gamma: Numbers; beta: Numbers; eps: number },
): Numbers[] {
  return maps.map((plane, channel) => {
    const mean = plane.reduce((sum, v) => sum + v, 0) / plane.length;
    const variance = plane.reduce((sum, v) => sum + (v - mean) ** 2, 0) /
      plane.length;
    return plane.map((v) =>
      gamma[channel] * (v - mean) / Math.sqrt(variance + eps) + beta[channel]
    );
  });
}

Deno.test("kaimingNormal() has the deviation of its fan-out, and no mean", () => {
  const { data } = kaimingNormal([64, 32, 3, 3], { seed: 1 });
  const mean = data.reduce((sum, w) => sum + w, 0) / data.length;
  const variance = data.reduce((sum, w) => sum + (w - mean) ** 2, 0) /
    data.length;
  const expected = 2 / (64 * 9);
  assertLess(Math.abs(mean), 4 * Math.sqrt(expected / data.length));
  assertAlmostEquals(variance / expected, 1, 4 * Math.sqrt(2 / data.length));
  const beyond = data.filter((w) => Math.abs(w) > 2 * Math.sqrt(expected));
  assertAlmostEquals(beyond.length / data.length, 0.0455, 0.006);
});

Deno.test("kaimingNormal() draws the same for the same key alone", () => {
  const draw = (seed: number, stream?: number) =>
    kaimingNormal([3, 1, 1], { seed, stream }).data.join();
  assertEquals(draw(1), draw(1, 0));
  assertEquals(new Set([draw(1), draw(2), draw(1, 1)]).size, 3);
});
