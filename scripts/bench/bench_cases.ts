import type { Layout, Shape } from "@rockpool/core";
import type {
  BenchCase,
  BenchPlace,
  Direction,
  SlidingWindows,
} from "./bench_case.ts";

/** An input by what it stands for; every shape has its channels second. */
const SHAPES = {
  stem: [8, 64, 112, 112],
  inception: [8, 192, 28, 28],
  pyramid: [1, 256, 20, 20],
  head: [8, 2048, 7, 7],
  video: [2, 32, 16, 56, 56],
  audio: [16, 128, 4096],
  odd111: [8, 64, 111, 111],
  odd55: [8, 64, 55, 55],
  odd27: [8, 192, 27, 27],
  small: [1, 16, 14, 14],
  pooledStem: [8, 64, 56, 56],
  detector: [2, 256, 50, 50],
  features: [8, 256, 13, 13],
} as const satisfies Record<string, Shape>;

/** A target for both directions, or for each. */
type Targets = number | Readonly<Record<Direction, number>>;

/** What one line of the list below says. */
interface CaseLine {
  readonly ops: readonly string[];
  readonly shapes: readonly (keyof typeof SHAPES)[];
  readonly places: readonly BenchPlace[];
  readonly targets: Targets;
  /** Targets of the same with channels last, where it is there once more. */
  readonly twin?: Targets;
}

const DIRECTIONS = ["forward", "train"] as const;

const PAIR = windows(2, 2);
const OVERLAP = windows(3, 2, 1);
const SAME = windows(3, 1, 1);
const GLOBAL: BenchPlace = { kind: "adaptive", outputSize: 1, mode: "avg" };

/** The target of all that has none of its own. */
const OTHERS = 2;

/** The work, line by line: operators × inputs × places. */
const LINES: readonly CaseLine[] = [
  line(["max", "average"], ["stem"], [PAIR, OVERLAP], {
    targets: { forward: 3, train: 4 },
    twin: OTHERS,
  }),
  line(["max", "average"], ["inception"], [SAME], {
    targets: { forward: 3, train: 2 },
    twin: OTHERS,
  }),
  line(["max"], ["pyramid"], [windows(5), windows(9), windows(13)], {
    targets: { forward: 1.5, train: 5 },
    twin: OTHERS,
  }),
  line(["global-average"], ["head", "stem"], [GLOBAL], {
    targets: { forward: 1, train: 1.5 },
    twin: { forward: 1, train: 1.5 },
  }),
  line(["power-average"], ["stem"], [PAIR], {
    targets: { forward: 3, train: 4 },
    twin: { forward: 3, train: 4 },
  }),
  line(["soft"], ["stem"], [PAIR, OVERLAP], { targets: 5, twin: 5 }),
  line(["max", "average"], ["video"], [PAIR], { twin: OTHERS }),
  line(["max", "average"], ["audio"], [windows(4, 4)], { twin: OTHERS }),
  line(["max", "average"], ["odd111", "odd55", "odd27"], [OVERLAP]),
  line(["max"], ["odd55"], [PAIR]),
  line(["max", "average", "soft"], ["small"], [PAIR], {
    targets: 1,
    twin: 1,
  }),
  line(["global-average"], ["small"], [GLOBAL], { targets: 1 }),
  line(["mixed", "local-importance"], ["stem"], [PAIR, OVERLAP]),
  line(["global-average"], ["stem"], [
    { kind: "adaptive", outputSize: 1, mode: "max" },
    { kind: "adaptive", outputSize: 7, mode: "avg" },
    { kind: "adaptive", outputSize: 7, mode: "max" },
  ]),
  line(["global-average"], ["odd55"], [
    { kind: "adaptive", outputSize: 7, mode: "avg" },
    { kind: "adaptive", outputSize: 7, mode: "max" },
  ]),
  line(["generalized-mean"], ["head"], [GLOBAL]),
  line(["fractional-max"], ["stem"], [
    { kind: "fractional", kernelSize: 2, outputSize: 80 },
  ]),
  line(["max-unpool"], ["pooledStem"], [PAIR]),
  line(["spatial-pyramid"], ["features"], [
    { kind: "levels", levels: [4, 2, 1] },
  ]),
  line(["roi"], ["detector"], [regions(null)]),
  line(["roi-align"], ["detector"], [regions(2), regions(0)]),
];

/** Every case, in the order of the table: forward, then train of each. */
export const BENCH_CASES: readonly BenchCase[] = LINES.flatMap(casesOf);

function windows(
  kernelSize: number,
  stride = 1,
  padding: number = stride === 1 ? (kernelSize - 1) / 2 : 0,
): SlidingWindows {
  return { kind: "windows", kernelSize, stride, padding };
}

/** Regions of pictures of 800 × 800, of which the detector sees 1/16. */
function regions(samplingRatio: number | null): BenchPlace {
  return {
    kind: "regions",
    count: 256,
    outputSize: 7,
    spatialScale: 1 / 16,
    samplingRatio,
  };
}

function line(
  ops: CaseLine["ops"],
  shapes: CaseLine["shapes"],
  places: CaseLine["places"],
  more: Partial<CaseLine> = {},
): CaseLine {
  return { ops, shapes, places, targets: OTHERS, ...more };
}

function casesOf(
  { ops, shapes, places, targets, twin }: CaseLine,
): BenchCase[] {
  const layouts: [Layout, Targets][] = [["NCHW", targets]];
  if (twin !== undefined) layouts.push(["NHWC", twin]);
  return ops.flatMap((op) =>
    layouts.flatMap(([layout, goal]) =>
      shapes.flatMap((input) =>
        places.flatMap((place) => {
          const shape = shapeOf(SHAPES[input], layout);
          const work = { op, shape, layout, place };
          return DIRECTIONS.map((direction): BenchCase => ({
            name: nameOf(work),
            direction,
            ...work,
            target: typeof goal === "number" ? goal : goal[direction],
          }));
        })
      )
    )
  );
}

function shapeOf([items, channels, ...spatial]: Shape, layout: Layout): Shape {
  return layout === "NCHW"
    ? [items, channels, ...spatial]
    : [items, ...spatial, channels];
}

type Named = Pick<BenchCase, "op" | "shape" | "layout" | "place">;

function nameOf({ op, shape, layout, place }: Named): string {
  const axes = shape.length - 2;
  const last = layout === "NHWC" ? " NHWC" : "";
  return `${op} ${placeName(place, axes)}, ${shape.join("×")}${last}`;
}

function placeName(place: BenchPlace, axes: number): string {
  const size = (length: number) => Array(axes).fill(length).join("×");
  switch (place.kind) {
    case "windows": {
      const { kernelSize, stride, padding } = place;
      const border = padding > 0 ? ` p${padding}` : "";
      return `${size(kernelSize)}/${stride}${border}`;
    }
    case "adaptive":
      return place.outputSize === 1
        ? `whole ${place.mode}`
        : `to ${size(place.outputSize)} ${place.mode}`;
    case "fractional":
      return `${size(place.kernelSize)} to ${size(place.outputSize)}`;
    case "levels":
      return place.levels.join(", ");
    case "regions": {
      const { samplingRatio } = place;
      const points = samplingRatio === null
        ? ""
        : samplingRatio === 0
        ? " adaptive points"
        : ` ${size(samplingRatio)} points`;
      return `${size(place.outputSize)}${points}`;
    }
  }
}
