import type { Channels } from "./wat_channels.ts";
import { address } from "./wat_expression.ts";
import { call, floats, get, int, type Term } from "./wat_text.ts";

/** Runs a gather program on four channels of an element at a time. */
export function emitChannelsGather(channels: Channels): void {
  const { frame, evaluator, program, plan } = channels;
  const [{ name, value }] = program.outputs;
  channels.forEachElement("in", () => {
    const input = frame.set("source_item", "i32", get("item"));
    frame.set("position", "i32", channels.inPlane("in", channels.element));
    const shared = !plan.sources && plan.per !== "plane";
    if (shared) findCovering(channels);
    channels.forEachChannel(() => {
      const at = frame.set(
        "at",
        "i32",
        channels.index("in", { item: input, inPlane: get("position") }),
      );
      frame.set("sum", "v128", floats(0));
      evaluator.place = channels.place({
        element: at,
        window: get("window"),
        windowOrder: get("order"),
      });
      evaluator.prepareInvariant(value);
      if (plan.sources) {
        frame.field("sources");
        frame.set("item", "i32", int(0));
        frame.loop("item", frame.field("items"), () => {
          const source = call("i32.load", address("sources", get("item")));
          frame.when(
            call("i32.eq", source, input),
            () => {
              findCovering(channels);
              addWindows(channels);
            },
          );
        });
        frame.set("item", "i32", input);
      } else {
        if (!shared) findCovering(channels);
        addWindows(channels);
      }
      channels.write(name, "in", { index: at, vector: get("sum") });
    });
  });
}

/** Finds which windows may hold the element: the first and the last of each axis. */
function findCovering({ axes, element, group }: Channels): void {
  for (const [index, axis] of axes.entries()) {
    axis.findCovering(element[index], group);
  }
}

/** Adds the shares of the windows of an item that hold the element. */
function addWindows(channels: Channels): void {
  const { frame, evaluator, program, axes, element } = channels;
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
    evaluator.nextWindow();
    const share = evaluator.evaluate(value);
    frame.set("sum", "v128", call("f32x4.add", get("sum"), share));
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
