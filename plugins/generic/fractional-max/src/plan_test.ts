import { float32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { fractionalMax, type FractionalMaxOptions } from "../mod.ts";

type Options = Partial<FractionalMaxOptions>;

const shapes: [name: string, shape: number[], options: Options, y: number[]][] =
  [
    ["takes the size it is told", [2, 3, 7, 9], {
      kernelSize: 2,
      outputSize: [4, 8],
    }, [2, 3, 4, 8]],
    ["rounds the part it is told down", [1, 1, 10, 9], {
      kernelSize: 2,
      outputRatio: [0.7, 0.6],
    }, [1, 1, 7, 5]],
    ["takes one axis for a list of one", [2, 3, 9], {
      kernelSize: [3],
      outputSize: 7,
    }, [2, 3, 7]],
    ["takes three axes for rank 5", [1, 1, 4, 4, 4], {
      scheme: "random",
      outputSize: 3,
    }, [1, 1, 3, 3, 3]],
    ["has channels last where they are", [1, 7, 9, 3], {
      kernelSize: 2,
      outputSize: 4,
      layout: "NHWC",
    }, [1, 4, 4, 3]],
    ["has sizes for an empty batch", [0, 3, 7, 9], {
      kernelSize: 2,
      outputSize: 4,
    }, [0, 3, 4, 4]],
  ];
for (const [name, shape, options, expected] of shapes) {
  Deno.test(`fractional-max ${name}`, () => {
    using session = interpreter().session();
    const x = session.empty(shape);
    const { y } = session.run(fractionalMax, { x }, { options });
    assertEquals(y.shape, expected);
  });
}

const samples = float32([[[0, 0]]]);
const paper: Options = { scheme: "pseudorandom", outputSize: 3 };
const torch: Options = { kernelSize: 2, outputSize: 3 };
const refused: [options: Options, kind: typeof TypeError, message: string][] = [
  [{ kernelSize: 2 }, TypeError, "with neither outputSize and outputRatio"],
  [
    { ...torch, outputRatio: 0.5 },
    TypeError,
    "with both outputSize and outputRatio",
  ],
  [{ outputSize: 3 }, TypeError, 'scheme "torch" without kernelSize'],
  [{ ...torch, granularity: "layer" }, TypeError, 'with granularity "layer"'],
  [{ ...torch, overlapping: false }, TypeError, "and overlapping false"],
  [
    { ...torch, scheme: "random" },
    TypeError,
    'scheme "random" with a kernelSize',
  ],
  [
    { ...paper, scheme: "random", randomSamples: samples },
    TypeError,
    "with randomSamples",
  ],
  [
    { ...paper, randomSamples: samples },
    TypeError,
    'granularity "plane" is needed',
  ],
  [{ kernelSize: 2, outputSize: [3] }, TypeError, "rank 4"],
  [
    { kernelSize: [2, 2], outputSize: [3, 3, 3] },
    TypeError,
    "Option outputSize is [3,3,3]",
  ],
  [
    { kernelSize: 5, outputSize: 3 },
    RangeError,
    "Cannot pool an input of height 6: 3 windows of kernelSize 5 need at least 7",
  ],
  [
    { ...paper, outputSize: [3, 7] },
    RangeError,
    "Cannot pool an input of width 7: 7 windows that overlap need at least 8",
  ],
  [
    { ...paper, outputSize: 7, overlapping: false },
    RangeError,
    "Cannot pool an input of height 6: 7 windows need at least 7",
  ],
  [
    { kernelSize: 2, outputRatio: 0.1 },
    RangeError,
    "Cannot pool an input of height 6: outputRatio leaves no window of it",
  ],
  [{ kernelSize: 2, outputRatio: [0.5, 1] }, RangeError, "less than 1"],
  [
    { ...torch, randomSamples: float32([[[0]]]) },
    RangeError,
    "randomSamples of shape 1×1×1: 1×1×2 is needed",
  ],
  [
    { ...torch, randomSamples: float32([[[0, 1]]]) },
    RangeError,
    "a sample of 1: at least 0 and less than 1 is needed",
  ],
  [
    { ...torch, randomSamples: float32([[[NaN, 0]]]) },
    RangeError,
    "a sample of NaN",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`fractional-max refuses windows: ${message}`, () => {
    using session = interpreter().session();
    const x = session.empty([1, 1, 6, 7]);
    assertThrows(
      () => session.run(fractionalMax, { x }, { options }),
      kind,
      message,
    );
  });
}

Deno.test("as many windows fit as there are places for them", () => {
  using session = interpreter().session();
  const x = session.empty([1, 1, 5, 5]);
  const options = { kernelSize: 3, outputSize: 3 };
  const { y } = session.run(fractionalMax, { x }, { options });
  assertEquals(y.shape, [1, 1, 3, 3]);
});
