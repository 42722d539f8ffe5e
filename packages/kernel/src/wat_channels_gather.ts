import { type Channels, isWide } from "./wat_channels.ts";
import { emitChannelsBlocks } from "./wat_channels_blocks.ts";
import { VECTORS } from "./wat_cost.ts";
import { address, type VectorEvaluator } from "./wat_expression.ts";
import { forEachReader, resultField } from "./wat_frame.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

/** A vector of channels, and what the shares of their windows come to. */
interface VectorSum {
  readonly evaluator: VectorEvaluator;
  /** The local that adds up. */
  readonly name: string;
  /** Channels from the first vector's on. */
  readonly further: number;
}

/** Runs a gather program on four channels of an element at a time. */
export function emitChannelsGather(channels: Channels): void {
  const { block, planes } = channels.plan;
  const element = () => emitElement(channels);
  if (block) return emitChannelsBlocks(channels, block, element);
  channels.forEachElement("in", () => {
    element();
    if (planes) copyAlong(channels);
  });
}

/** Copies what the first element of a row has to all others. */
function copyAlong({ frame, program, axes: [, , width] }: Channels): void {
  const one = bytes(frame.field("channels"));
  const all = mul(width.input, one);
  const rows = get(resultField(program.outputs[0].name));
  const row = frame.set("at", "i32", add(rows, mul(get("row"), all)));
  const done = frame.set("done", "i32", one);
  frame.loop("done", all, () => {
    const more = frame.set("more", "i32", smaller(done, sub(all, done)));
    frame.line(call("memory.copy", add(row, done), row, more));
  }, get("more"));
  frame.set("element_w", "i32", width.input);
}

/** Gathers all channels of an element that may lie anywhere. */
function emitElement(channels: Channels): void {
  const { frame, plan } = channels;
  frame.set("source_item", "i32", get("item"));
  frame.set("position", "i32", channels.inPlane("in", channels.element));
  const shared = !plan.sources && plan.per !== "plane";
  if (shared) findCovering(channels);
  channels.forEachChannel(
    () => emitVectors(channels, { shared, vectors: 1 }),
    shared && isWide(channels)
      ? {
        vectors: VECTORS,
        body: () => emitVectors(channels, { shared, vectors: VECTORS }),
      }
      : undefined,
  );
}

/** Neighbouring vectors of an element, from their first window to what is stored. */
function emitVectors(
  channels: Channels,
  { shared, vectors }: { shared: boolean; vectors: number },
): void {
  const { frame, program, plan } = channels;
  const [{ name, value }] = program.outputs;
  const input = get("source_item");
  const at = frame.set(
    "at",
    "i32",
    channels.index("in", { item: input, inPlane: get("position") }),
  );
  const sums = Array.from({ length: vectors }, (_, index): VectorSum => {
    const mark = index > 0 ? `.${index}` : "";
    const evaluator = index > 0
      ? channels.evaluatorOf(program.outputs, index)
      : channels.evaluator;
    return { evaluator, name: `sum${mark}`, further: 4 * index };
  });
  for (const { evaluator, name, further } of sums) {
    frame.set(name, "v128", floats(0));
    evaluator.place = channels.place({
      element: at,
      window: get("window"),
      windowOrder: get("order"),
    }, further);
    evaluator.prepareInvariant(value);
  }
  if (plan.sources) {
    forEachReader(frame, input, (reader) => {
      frame.set("item", "i32", reader);
      findCovering(channels);
      addWindows(channels, sums);
    });
    frame.set("item", "i32", input);
  } else {
    if (!shared) findCovering(channels);
    addWindows(channels, sums);
  }
  for (const sum of sums) {
    channels.write("in", {
      at: address(resultField(name), at),
      vector: get(sum.name),
      further: vectors > 1 ? sum.further : undefined,
    });
  }
}

/** Finds which windows may hold the element: the first and the last of each axis. */
function findCovering({ axes, element, group }: Channels): void {
  for (const [index, axis] of axes.entries()) {
    axis.findCovering(element[index], group);
  }
}

/** Adds the shares of the windows of an item that hold the element. */
function addWindows(channels: Channels, sums: readonly VectorSum[]): void {
  const { frame, program, axes, element } = channels;
  const [{ value }] = program.outputs;
  forEachCovering(channels, element, () => {
    const inPlane = frame.set(
      "window_plane",
      "i32",
      channels.inPlane("out", axes.map((axis) => axis.window)),
    );
    const item = get("item");
    frame.set("window", "i32", channels.index("out", { item, inPlane }));
    if (program.random) {
      frame.set("order", "i32", channels.windowOrder(inPlane));
    }
    channels.setCounts();
    for (const { evaluator, name } of sums) {
      evaluator.nextWindow();
      const share = evaluator.evaluate(value);
      frame.set(name, "v128", call("f32x4.add", get(name), share));
    }
  });
}

function forEachCovering(
  { axes, group }: Channels,
  element: readonly Term[],
  body: () => void,
): void {
  const visit = (index: number): void => {
    if (index === axes.length) return body();
    axes[index].forEachCovering(element[index], group, () => visit(index + 1));
  };
  visit(0);
}
