import { type Triple, volume } from "./geometry.ts";
import { withKnownCounts } from "./known_counts.ts";
import { usualVectors } from "./wat_usual_case.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import {
  type Formulas,
  formulasOf,
  leaveUnlessAll,
} from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { address, type VectorPlace } from "./wat_expression.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { reachesOf } from "./wat_reaches.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  greater,
  int,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

/** A window that reaches into a block. */
interface BlockWindow {
  /** Along each axis, its index less the block's. */
  readonly shifts: readonly number[];
  /** The elements of the block that it holds. */
  readonly elements: readonly number[];
  /** What ends the names of its locals. */
  readonly mark: string;
}

/**
 * Runs a gather program on blocks of elements as long as a stride along each
 * axis: the same windows reach into every block, by the same positions, so that
 * they are unrolled, and what is read of a window serves the whole block.
 *
 * @param emitElement the text for an element of a block that some of the
 * windows are missing of
 */
export function emitChannelsBlocks(
  channels: Channels,
  block: Triple<number>,
  emitElement: () => void,
): void {
  const { frame, axes } = channels;
  const bounds = axes.map((axis) => setBounds(channels, axis));
  const counts = axes.map(({ axis: { stride }, input }) =>
    call("i32.div_u", add(input, stride - 1), int(stride))
  );
  const inside = (a: number) => {
    const at = get(`block_${axes[a].letter}`);
    const { from, to } = bounds[a];
    return call(
      "i32.and",
      call("i32.ge_s", at, from),
      call("i32.lt_s", at, to),
    );
  };
  const windows = windowsOf(channels, block);
  frame.set("row", "i32", get("begin"));
  frame.loop("row", get("end"), () => {
    frame.set("blocks_h", "i32", counts[1]);
    frame.set("item", "i32", call("i32.div_u", get("row"), get("blocks_h")));
    frame.set("block_h", "i32", call("i32.rem_u", get("row"), get("blocks_h")));
    frame.set("blocks_d", "i32", counts[0]);
    frame.set(
      "block_d",
      "i32",
      call("i32.rem_u", get("item"), get("blocks_d")),
    );
    frame.set("item", "i32", call("i32.div_u", get("item"), get("blocks_d")));
    frame.set("rows_inside", "i32", call("i32.and", inside(0), inside(1)));
    frame.set("blocks_w", "i32", counts[2]);
    frame.set("block_w", "i32", int(0));
    frame.loop("block_w", get("blocks_w"), () => {
      frame.when(
        call("i32.and", get("rows_inside"), inside(2)),
        () => emitBlock(channels, { block, windows }),
        () => forEachElement(channels, block, emitElement),
      );
    });
  });
}

/** Sets the first block that all windows are there for, and where they end. */
function setBounds(
  channels: Channels,
  { axis, input, output, letter }: AxisRanges,
): { from: Term; to: Term } {
  const { frame } = channels;
  if (axis.absent) return { from: int(0), to: int(1) };
  const { stride, before, size, dilation } = axis;
  const shifts = reachesOf(axis).map(({ shift }) => shift);
  const [least, most] = [Math.min(0, ...shifts), Math.max(0, ...shifts)];
  const [from, to] = [`blocks_from_${letter}`, `blocks_to_${letter}`];
  const whole = call("i32.div_u", input, int(stride));
  frame.set(to, "i32", smaller(whole, sub(output, most)));
  let first = -least;
  if (channels.usesCounts) {
    // Only of windows that lie inside the counts are known.
    first = Math.ceil(before / stride) - least;
    const room = add(input, before + stride - 1 - dilation * (size - 1));
    const end = call("i32.div_s", greater(room, int(0)), int(stride));
    frame.set(to, "i32", smaller(get(to), sub(end, most)));
  }
  frame.set(from, "i32", int(first));
  return { from: get(from), to: get(to) };
}

/** The windows that reach into a block, in their order. */
function windowsOf(
  { plan }: Channels,
  [, rows, columns]: Triple<number>,
): BlockWindow[] {
  const all = plan.axes.map(reachesOf);
  const combine = <T>(lists: readonly (readonly T[])[]): T[][] =>
    lists.reduce<T[][]>(
      (known, list) => known.flatMap((front) => list.map((x) => [...front, x])),
      [[]],
    );
  const shifts = all.map((reaches) => [
    ...new Set(reaches.map(({ shift }) => shift)),
  ]);
  return combine(shifts).map((shifts, index) => ({
    shifts,
    mark: `.window${index}`,
    elements: combine(
      all.map((reaches, a) =>
        reaches.filter(({ shift }) => shift === shifts[a])
      ),
    ).map((reaches) => {
      const [d, h, w] = reaches.map(({ phase }) => phase);
      return (d * rows + h) * columns + w;
    }),
  }));
}

/** Runs lines for each element of a block that lies inside the input. */
function forEachElement(
  { frame, axes }: Channels,
  block: Triple<number>,
  body: () => void,
): void {
  const visit = (a: number): void => {
    if (a === axes.length) return body();
    const { letter, input } = axes[a];
    const [at, end] = [`element_${letter}`, `element_end_${letter}`];
    frame.set(at, "i32", mul(get(`block_${letter}`), block[a]));
    frame.set(end, "i32", smaller(add(get(at), block[a]), input));
    frame.loop(at, get(end), () => visit(a + 1));
  };
  visit(0);
}

/** Gathers all channels of a block whose windows are all there. */
function emitBlock(
  channels: Channels,
  { block, windows }: {
    readonly block: Triple<number>;
    readonly windows: readonly BlockWindow[];
  },
): void {
  const { program, plan } = channels;
  const size = plan.axes.map(({ size }) => size).reduce((a, b) => a * b);
  const outputs = withKnownCounts(program.outputs, {
    inside: size,
    padded: size,
    reciprocals: true,
  });
  setWindows(channels, windows);
  setElements(channels, block);
  const { frame } = channels;
  const usual = usualVectors({ outputs });
  const emit = (formulas: Formulas, vectors: number, unusual = "") => {
    frame.set("offset", "i32", bytes(get("channel")));
    for (let index = 0; index < vectors; index++) {
      emitVector(channels, {
        block,
        windows,
        ...formulas,
        index,
        vectors,
        unusual,
      });
    }
  };
  channels.forEachChannel(
    () => {
      if (!usual) return emit({ outputs }, 1);
      frame.orElse(
        "$unusual",
        () => emit(usual, 1, "$unusual"),
        () => emit({ outputs }, 1),
      );
    },
    isWide(channels)
      ? {
        vectors: VECTORS,
        body: () => emit(usual ?? { outputs }, VECTORS, "$single"),
        leaves: usual !== undefined,
      }
      : undefined,
  );
}

/** Sets where the windows of a block stand, and where what is read of them. */
function setWindows(channels: Channels, windows: readonly BlockWindow[]): void {
  const { frame, program, axes } = channels;
  frame.set("channel", "i32", int(0));
  for (const { shifts, mark } of windows) {
    const place = axes.map(({ axis, letter }, a) =>
      axis.absent ? int(0) : add(get(`block_${letter}`), shifts[a])
    );
    const inPlane = frame.set(
      `plane${mark}`,
      "i32",
      channels.inPlane("out", place),
    );
    const item = get("item");
    const index = channels.index("out", { item, inPlane });
    for (const { name, role } of program.tensors) {
      if (role !== "perWindow") continue;
      frame.set(`${name}${mark}`, "i32", address(tensorField(name), index));
    }
  }
}

/** Sets where the elements of a block stand. */
function setElements(channels: Channels, block: Triple<number>): void {
  const { frame, program, axes } = channels;
  const [, rows, columns] = block;
  for (let element = 0; element < volume(block); element++) {
    const phases = [
      Math.floor(element / columns / rows),
      Math.floor(element / columns) % rows,
      element % columns,
    ];
    const mark = markOf(element);
    const place = axes.map(({ axis, letter }, a) =>
      axis.absent
        ? int(0)
        : add(mul(get(`block_${letter}`), block[a]), phases[a])
    );
    const inPlane = frame.set(
      `position${mark}`,
      "i32",
      channels.inPlane("in", place),
    );
    if (channels.usesPositions) {
      frame.set(`positions${mark}`, "v128", call("i32x4.splat", inPlane));
    }
    const index = channels.index("in", { item: get("item"), inPlane });
    const to = address(resultField(program.outputs[0].name), index);
    frame.set(`to${mark}`, "i32", to);
    for (const { name, role } of program.tensors) {
      if (role !== "element") continue;
      frame.set(`${name}${mark}`, "i32", address(tensorField(name), index));
    }
  }
}

/** What ends the names of the locals of an element of a block. */
function markOf(element: number): string {
  return `.element${element}`;
}

/** Gathers a vector of channels of a block. */
function emitVector(
  channels: Channels,
  { block, windows, outputs, conditions = [], index, vectors, unusual }:
    & Formulas
    & {
      readonly block: Triple<number>;
      readonly windows: readonly BlockWindow[];
      readonly index: number;
      readonly vectors: number;
      /** Where to go on for windows that do not meet the conditions. */
      readonly unusual: string;
    },
): void {
  const { frame } = channels;
  const [{ value }] = outputs;
  const evaluator = channels.evaluatorOf(
    formulasOf({ outputs, conditions }),
    index,
  );
  const further = 4 * index;
  const at = (local: string) => add(get(local), get("offset"));
  const placeOf = (element: number, window = windows[0]): VectorPlace => ({
    ...channels.place({
      element: "",
      window: "",
      windowOrder: channels.windowOrder(get(`plane${window.mark}`)),
    }, further),
    element: (name) => load(at(`${name}${markOf(element)}`), further),
    perWindow: (name) => load(at(`${name}${window.mark}`), further),
    position: () => get(`positions${markOf(element)}`),
  });
  const store = (element: number, vector: Term) =>
    channels.write("in", {
      at: at(`to${markOf(element)}`),
      vector,
      further: vectors > 1 ? further : undefined,
    });
  const met = windows.flatMap((window, order) => {
    evaluator.nextWindow();
    evaluator.place = placeOf(0, window);
    return conditions.map((condition, index) =>
      frame.set(`met.${order}.${index}`, "v128", evaluator.evaluate(condition))
    );
  });
  leaveUnlessAll(frame, met, unusual);
  const reached = windows.flatMap(({ elements }) => elements);
  const invariants = Array.from(
    { length: volume(block) },
    (_, element) => {
      evaluator.place = placeOf(element);
      if (!reached.includes(element)) store(element, floats(0));
      return evaluator.prepareInvariant(value, markOf(element));
    },
  );
  const begun = new Set<number>();
  for (const [order, window] of windows.entries()) {
    evaluator.nextWindow();
    const later = windows.slice(order + 1).flatMap(({ elements }) => elements);
    for (const element of window.elements) {
      evaluator.place = placeOf(element, window);
      evaluator.useInvariant(invariants[element]);
      let sum = evaluator.inline(value);
      const name = `sum${markOf(element)}`;
      if (begun.has(element)) sum = call("f32x4.add", get(name), sum);
      begun.add(element);
      if (later.includes(element)) frame.set(name, "v128", sum);
      else store(element, sum);
    }
  }
}
