import type { Layout, Shape, Tensor } from "@rockpool/core";
import { sizeOf } from "@rockpool/core";

/** Windows that are the same along both axes. */
export interface BenchWindows {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

/** Regions that are pooled to the same size. */
export interface BenchRegions {
  /** `[K, 5]`: the item and two corners. */
  readonly rois: Tensor<Float32Array>;
  readonly outputSize: number;
  readonly spatialScale: number;
  /** Points of a bin along each axis, of RoIAlign. */
  readonly samplingRatio?: number;
}

/** What is pooled in each plane: windows, regions, or all of it. */
export type BenchPlace =
  | { readonly windows: BenchWindows }
  | { readonly regions: BenchRegions }
  | "whole";

/** Work that Rockpool and its peers are timed on. */
export interface BenchCase {
  /** What it is called in tables; unlike every other case's name. */
  readonly name: string;
  /** The operator's name in the registry. */
  readonly op:
    | "max"
    | "average"
    | "soft"
    | "global-average"
    | "roi"
    | "roi-align";
  /** The gradient's time counts too in `"train"`. */
  readonly direction: "forward" | "train";
  /** The input's shape, as the layout has it. */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly place: BenchPlace;
  /** How many times as fast as the fastest peer Rockpool is to be. */
  readonly target: number | null;
}

/** The large input of the comparison, a ResNet's stem: 25.7 MB. */
const STEM: Readonly<Record<Layout, Shape>> = {
  NCHW: [8, 64, 112, 112],
  NHWC: [8, 112, 112, 64],
};

/** What a detector pools regions of: 1/16 of pictures of 800 × 800. */
const FEATURES: Shape = [2, 256, 50, 50];
const PICTURE = 800;

const WINDOWS: readonly BenchWindows[] = [
  { kernelSize: 2, stride: 2, padding: 0 },
  { kernelSize: 3, stride: 2, padding: 1 },
];

/** Every case, in the order of the table. */
export const BENCH_CASES: readonly BenchCase[] = [
  ...stemCases("max", { target: 2 }),
  ...stemCases("average", { target: 2 }),
  ...stemCases("soft", { target: null }),
  {
    name: "global average",
    op: "global-average",
    direction: "forward",
    shape: STEM.NCHW,
    layout: "NCHW",
    place: "whole",
    target: 2,
  },
  regionCase("RoI max 7×7", "roi"),
  regionCase("RoIAlign 7×7, 2×2 points", "roi-align", 2),
  regionCase("RoIAlign 7×7, adaptive", "roi-align", 0),
];

function stemCases(
  op: BenchCase["op"],
  { target }: { target: number | null },
): BenchCase[] {
  return (["NCHW", "NHWC"] as const).flatMap((layout) =>
    WINDOWS.map((windows): BenchCase => {
      const { kernelSize, stride, padding } = windows;
      const size = `${kernelSize}×${kernelSize}/${stride}`;
      const border = padding > 0 ? ` p${padding}` : "";
      const place = layout === "NCHW" ? "" : ` ${layout}`;
      return {
        name: `${op} ${size}${border}${place}`,
        op,
        direction: "forward",
        shape: STEM[layout],
        layout,
        place: { windows },
        target: layout === "NCHW" ? target : null,
      };
    })
  );
}

function regionCase(
  name: string,
  op: "roi" | "roi-align",
  samplingRatio?: number,
): BenchCase {
  const rois = boxes(256, FEATURES[0]);
  const spatialScale = FEATURES[2] / PICTURE;
  return {
    name,
    op,
    direction: "forward",
    shape: FEATURES,
    layout: "NCHW",
    place: { regions: { rois, outputSize: 7, spatialScale, samplingRatio } },
    target: 3,
  };
}

/** Boxes of 50 to 350 pixels, in no order, the same ones each time. */
function boxes(count: number, items: number): Tensor<Float32Array> {
  const data = new Float32Array(5 * count);
  for (let i = 0; i < count; i++) {
    const part = (irrational: number) => (i * irrational) % 1;
    const span = (start: number, size: number) => {
      const from = start * 600;
      return [from, Math.min(from + 50 + size * 300, PICTURE - 1)];
    };
    const [left, right] = span(part(Math.SQRT2), part(Math.sqrt(3)));
    const [top, bottom] = span(part(Math.sqrt(5)), part(Math.sqrt(7)));
    data.set([i % items, left, top, right, bottom], 5 * i);
  }
  return { shape: [count, 5], data };
}

/** The shape of a case's output. */
export function outputShape({ shape, layout, place }: BenchCase): Shape {
  const first = layout === "NCHW" ? 2 : 1;
  const spatial = (lengthOf: (length: number) => number) =>
    shape.map((length, axis) =>
      axis < first || axis > first + 1 ? length : lengthOf(length)
    );
  if (place === "whole") return spatial(() => 1);
  if ("regions" in place) {
    const { rois, outputSize } = place.regions;
    return spatial(() => outputSize).with(0, rois.shape[0]);
  }
  const { kernelSize, stride, padding } = place.windows;
  return spatial((length) =>
    Math.floor((length + 2 * padding - kernelSize) / stride) + 1
  );
}

/** Numbers between −4 and 4 in no order, the same ones each time. */
export function inputOf({ shape }: BenchCase): Float32Array {
  return Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => 4 * Math.sin(index * index * 1e-3 + index),
  );
}
