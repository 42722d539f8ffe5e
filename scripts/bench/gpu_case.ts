import type { Layout, Shape } from "@rockpool/core";

/** Work that the GPU backend is timed on. */
export interface GpuCase {
  /** What it is called in tables; with its direction unlike every other's. */
  readonly name: string;
  /** The operator's name in the registry. */
  readonly op: "max" | "average" | "soft" | "power-average" | "global-average";
  readonly options: Readonly<Record<string, unknown>>;
  /** The gradient's time counts too in `"train"`. */
  readonly direction: "forward" | "train";
  /** The input's shape, as the layout has it. */
  readonly shape: Shape;
  readonly layout: Layout;
}

/** An operator over one input. */
type Line = Pick<GpuCase, "op" | "options"> & {
  readonly what: string;
  /** `[N, C, H, W]`. */
  readonly shape: Shape;
};

const STEM: Shape = [8, 64, 112, 112];
const INCEPTION: Shape = [8, 192, 28, 28];
const LAST: Shape = [8, 2048, 7, 7];

const HALVED = { kernelSize: 2, stride: 2 };
const STRIDED = { kernelSize: 3, stride: 2, padding: 1 };
const OVERLAPPING = { kernelSize: 3, stride: 1, padding: 1 };

const LINES: readonly Line[] = [
  ...(["max", "average", "soft"] as const).flatMap((op): Line[] => [
    { op, what: "2×2/2", shape: STEM, options: HALVED },
    { op, what: "3×3/2 p1", shape: STEM, options: STRIDED },
    { op, what: "3×3/1 p1", shape: INCEPTION, options: OVERLAPPING },
  ]),
  {
    op: "power-average",
    what: "p = 2, 2×2/2",
    shape: STEM,
    options: { ...HALVED, normType: 2 },
  },
  { op: "global-average", what: "", shape: STEM, options: {} },
  { op: "global-average", what: "", shape: LAST, options: {} },
];

/** Every case, in the order of the table. */
export const GPU_CASES: readonly GpuCase[] = LINES.flatMap((line) =>
  (["NCHW", "NHWC"] as const).flatMap((layout) =>
    (["forward", "train"] as const).map((direction) =>
      caseOf(line, { layout, direction })
    )
  )
);

function caseOf(
  { op, what, shape: [n, c, h, w], options }: Line,
  { layout, direction }: Pick<GpuCase, "layout" | "direction">,
): GpuCase {
  const shape = layout === "NCHW" ? [n, c, h, w] : [n, h, w, c];
  const words = [op, what, shape.join("×"), layout === "NHWC" ? layout : ""];
  return {
    name: words.filter(Boolean).join(" "),
    op,
    options: { ...options, layout },
    direction,
    shape,
    layout,
  };
}
