import type { Context, Shape } from "@rockpool/core";
import { type Geometry, tables, unitInterval } from "@rockpool/kernel";
import type { FractionalMaxOptions } from "./options.ts";
import { planOf } from "./plan.ts";
import { pseudorandomBounds, randomBounds, torchStarts } from "./starts.ts";

/** The slots of random words; the paper's schemes have one for each axis. */
const SLOTS = { torch: 0x20, pseudorandom: 0x24, random: 0x28 };

/** The windows of a plane along one axis. */
interface PlacedWindows {
  readonly starts: ArrayLike<number>;
  /** The elements of each, or of all. */
  readonly counts: readonly number[] | number;
}

/** The windows of a call, placed by its random words or by given samples. */
export function placeWindows(
  cx: Pick<Context, "randomWord">,
  shape: Shape,
  options: FractionalMaxOptions,
): Geometry {
  const { planes, axes, perPlane } = planOf(shape, options);
  const { scheme, randomSamples, layout } = options;
  const slot = SLOTS[scheme];

  function place(a: number, group: number): PlacedWindows {
    const { length, windows, size } = axes[a];
    // PyTorch's samples of two axes have the width first, of three the depth.
    const column = planes.axes === 2 ? 1 - a : a;
    const at = group * planes.axes + column;
    const u = () =>
      randomSamples?.data[at] ?? unitInterval(
        scheme === "torch"
          ? cx.randomWord(slot, at)
          : cx.randomWord(slot + a, group),
      );
    if (scheme === "torch") {
      return { starts: torchStarts(axes[a], u()), counts: size };
    }
    const shared = options.overlapping ? 1 : 0;
    const total = length - shared;
    const wordOf = (i: number) => cx.randomWord(slot + a, group * windows + i);
    const bounds = scheme === "pseudorandom"
      ? pseudorandomBounds(total, { windows, u: u() })
      : randomBounds(total, { windows, wordOf });
    return {
      starts: bounds.slice(0, -1),
      counts: bounds.slice(1).map((end, i) => end - bounds[i] + shared),
    };
  }

  // Tables of no planes would leave the sizes of the output open.
  const per = perPlane && planes.items > 0 ? "plane" : "call";
  const groups = per === "plane" ? planes.items * planes.channels : 1;
  return tables(shape, {
    tables: axes.map(({ windows }, a) => {
      const starts = new Int32Array(groups * windows);
      const counts = new Int32Array(groups * windows);
      for (let group = 0; group < groups; group++) {
        const placed = place(a, group);
        const first = group * windows;
        starts.set(placed.starts, first);
        if (typeof placed.counts === "number") {
          counts.fill(placed.counts, first, first + windows);
        } else counts.set(placed.counts, first);
      }
      return { starts, counts };
    }),
    per,
    layout,
  });
}
