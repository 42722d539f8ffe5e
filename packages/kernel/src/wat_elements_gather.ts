import type { Expression } from "./expression.ts";
import { vectorsOf } from "./wat_cost.ts";
import type { Elements } from "./wat_elements.ts";
import { address, lanes } from "./wat_expression.ts";
import { forEachReader, load, resultField } from "./wat_frame.ts";
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

/**
 * Runs a gather program on planes of the input: windows add to their elements,
 * one window after the other, so that the order of the terms is that of the
 * windows.
 *
 * Of a plane the first elements are `done`, others have no value yet. Windows
 * that reach further set what is new to them, which leaves little to be read
 * again, and nothing where one window holds all.
 */
export function emitElementsGather(elements: Elements): void {
  const { frame, evaluator, program } = elements;
  const [{ name, value }] = program.outputs;
  frame.set("target_plane", "i32", get("begin"));
  frame.loop("target_plane", get("end"), () => {
    const target = mul(get("target_plane"), frame.field("in_plane"));
    frame.set("target", "i32", address(resultField(name), target));
    frame.set("done", "i32", int(0));
    forEachWindow(elements, () => {
      elements.findWindow();
      evaluator.nextVector();
      evaluator.place = elements.place();
      evaluator.prepare([value]);
      frame.when(
        elements.count,
        () => elements.forEachRun(() => addRun(elements, value)),
      );
    });
    fillUpTo(elements, frame.field("in_plane"));
  });
}

/** Runs lines for each window `to` that is read from the plane, in order. */
function forEachWindow({ frame, plan }: Elements, body: () => void): void {
  const windows = frame.field("out_plane");
  const ofPlane = (plane: Term) => {
    frame.set("to", "i32", mul(plane, windows));
    frame.set("to_end", "i32", add(get("to"), windows));
    frame.loop("to", get("to_end"), body);
  };
  if (!plan.sources) return ofPlane(get("target_plane"));
  const channels = frame.field("channels");
  const item = call("i32.div_u", get("target_plane"), channels);
  const channel = call("i32.rem_u", get("target_plane"), channels);
  frame.set("target_item", "i32", item);
  frame.set("target_channel", "i32", channel);
  forEachReader(
    frame,
    get("target_item"),
    (reader) => ofPlane(add(mul(reader, channels), get("target_channel"))),
  );
}

/** Adds shares to the elements of a run that are done, and sets the others to them. */
function addRun(elements: Elements, value: Expression): void {
  const { frame } = elements;
  fillUpTo(elements, get("position"));
  const known = smaller(sub(get("done"), get("position")), get("run"));
  frame.set("known", "i32", known);
  frame.set("column", "i32", int(0));
  new Share(elements, value, true).emit(get("known"));
  new Share(elements, value, false).emit(get("run"));
  const end = frame.set("run_end", "i32", add(get("position"), get("run")));
  frame.set("done", "i32", greater(get("done"), end));
}

/** Sets all elements in front of a place to 0 that have no value yet. */
function fillUpTo({ frame }: Elements, place: Term): void {
  const at = () => add(get("target"), bytes(get("done")));
  frame.loop(
    "done",
    sub(place, 3),
    () => frame.line(call("v128.store", at(), floats(0))),
    4,
  );
  frame.loop(
    "done",
    place,
    () => frame.line(call("f32.store", at(), "(f32.const 0)")),
  );
}

/** The shares of some elements of a run. */
class Share {
  constructor(
    readonly elements: Elements,
    readonly value: Expression,
    /** Whether they are added to what is there. */
    readonly adds: boolean,
  ) {}

  /** Writes them from `column` up to an end. */
  emit(end: Term): void {
    const { elements, value } = this;
    const { frame } = elements;
    const vectors = vectorsOf([value]);
    elements.setPositions();
    const loop = (count: number) =>
      frame.loop("column", sub(end, 4 * count - 1), () => {
        for (let index = 0; index < count; index++) this.#write(index);
      }, 4 * count);
    if (vectors > 1) loop(vectors);
    loop(1);
    frame.when(call("i32.lt_s", get("column"), end), () => {
      // The last vector may not reach beyond the plane.
      const begin = frame.set("first_column", "i32", get("column"));
      const last = sub(sub(frame.field("in_plane"), 4), get("position"));
      frame.set("column", "i32", smaller(get("column"), last));
      elements.setPositions();
      const columns = frame.set("columns", "v128", lanes(get("column"), 1));
      const mask = call(
        "v128.and",
        call("i32x4.ge_s", columns, call("i32x4.splat", begin)),
        call("i32x4.lt_s", columns, call("i32x4.splat", end)),
      );
      this.#write(0, frame.set("inside", "v128", mask));
      frame.set("column", "i32", end);
    });
  }

  #write(index: number, mask?: Term): void {
    const { elements: { frame, evaluator }, elements, value, adds } = this;
    evaluator.nextElement();
    evaluator.place = elements.place(4 * index);
    const at = add(get("target"), bytes(add(get("position"), get("column"))));
    const offset = 4 * index;
    const before = load(at, offset);
    let next = evaluator.evaluate(value);
    if (adds) next = call("f32x4.add", before, next);
    if (mask) next = call("v128.bitselect", next, before, mask);
    frame.line(call(`v128.store offset=${4 * offset}`, at, next));
    elements.nextPositions();
  }
}
