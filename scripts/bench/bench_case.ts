import type { Layout, Shape } from "@rockpool/core";
import { sizeOf } from "@rockpool/core";

/** Windows that are the same along both axes. */
export interface BenchWindows {
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

/** Work that Rockpool and its peers are timed on. */
export interface BenchCase {
  /** What it is called in tables; unlike every other case's name. */
  readonly name: string;
  /** The operator's name in the registry. */
  readonly op: "max" | "average" | "soft";
  /** The gradient's time counts too in `"train"`. */
  readonly direction: "forward" | "train";
  /** The input's shape, as the layout has it. */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly windows: BenchWindows;
  /** How many times as fast as the fastest peer Rockpool is to be. */
  readonly target: number | null;
}

/** The large input of the comparison, a ResNet's stem: 25.7 MB. */
const STEM: Readonly<Record<Layout, Shape>> = {
  NCHW: [8, 64, 112, 112],
  NHWC: [8, 112, 112, 64],
};

const WINDOWS: readonly BenchWindows[] = [
  { kernelSize: 2, stride: 2, padding: 0 },
  { kernelSize: 3, stride: 2, padding: 1 },
];

/** Every case, in the order of the table. */
export const BENCH_CASES: readonly BenchCase[] = [
  ...stemCases("max", { target: 2 }),
  ...stemCases("average", { target: 2 }),
  ...stemCases("soft", { target: null }),
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
        windows,
        target: layout === "NCHW" ? target : null,
      };
    })
  );
}

/** The shape of a case's output. */
export function outputShape({ shape, layout, windows }: BenchCase): Shape {
  const { kernelSize, stride, padding } = windows;
  const first = layout === "NCHW" ? 2 : 1;
  return shape.map((length, axis) =>
    axis < first || axis > first + 1
      ? length
      : Math.floor((length + 2 * padding - kernelSize) / stride) + 1
  );
}

/** Numbers between −4 and 4 in no order, the same ones each time. */
export function inputOf({ shape }: BenchCase): Float32Array {
  return Float32Array.from(
    { length: sizeOf(shape) },
    (_, index) => 4 * Math.sin(index * index * 1e-3 + index),
  );
}
