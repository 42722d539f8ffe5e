import { address, lanes, type VectorPlace } from "./wat_expression.ts";
import { type Columns, splatFloat, splatInt } from "./wat_columns.ts";
import { load, loadStrided, resultField, tensorField } from "./wat_frame.ts";
import {
  add,
  call,
  floats,
  get,
  int,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";

/** Two vectors interleaved: their first halves, and their second halves. */
const INTERLEAVE_LOW = "0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23";
const INTERLEAVE_HIGH = "8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31";
const EVEN = "0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27";
const ODD = "4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31";

/** A position in the window that reaches the elements of a phase. */
interface Reach {
  /** The position. */
  readonly tap: number;
  /** The window of element `stride · j + phase`, less `j`. */
  readonly shift: number;
}

/**
 * Runs a gather program on blocks of `4 · stride` neighbouring elements of a
 * row. Elements whose index leaves the same rest by the stride, a phase, are
 * reached by the same positions of neighbouring windows, which makes four of
 * them a vector.
 */
export function emitColumnsGather(columns: Columns): void {
  const { frame, depth, height, width, plan } = columns;
  const { stride } = plan.axes[2];
  const phases = phasesOf(columns);
  const shifts = phases.flat().map(({ shift }) => shift);
  columns.forEachRow({ depth: depth.input, height: height.input }, () => {
    depth.findCovering(columns.rowDepth, int(0));
    height.findCovering(get("row_h"), int(0));
    frame.set(
      "position",
      "i32",
      mul(columns.rowIndex(columns.rowDepth, get("row_h")), width.input),
    );
    const plane = mul(get("plane"), frame.field("in_plane"));
    frame.set("at", "i32", add(plane, get("position")));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.input, () => {
      frame.set("block", "i32", call("i32.div_u", get("column"), int(stride)));
      const inside = [
        call(
          "i32.le_s",
          add(get("column"), 4 * stride),
          width.input,
        ),
        call("i32.ge_s", add(get("block"), Math.min(0, ...shifts)), int(0)),
        call(
          "i32.le_s",
          add(get("block"), Math.max(0, ...shifts) + 4),
          width.output,
        ),
      ].reduce((a, b) => call("i32.and", a, b));
      frame.when(
        inside,
        () => emitBlock(columns, { phases, masked: false }),
        () => emitBlock(columns, { phases, masked: true }),
      );
    }, 4 * stride);
  });
}

/** For each phase the positions that reach it, last first: windows in order. */
function phasesOf({ plan }: Columns): Reach[][] {
  const { size, stride, before, dilation } = plan.axes[2];
  return Array.from({ length: stride }, (_, phase) => {
    const reaches: Reach[] = [];
    for (let tap = size - 1; tap >= 0; tap--) {
      const shift = (before + phase - tap * dilation) / stride;
      if (Number.isInteger(shift)) reaches.push({ tap, shift });
    }
    return reaches;
  });
}

/** A block of elements: a vector for each phase. */
interface Block {
  readonly phases: readonly (readonly Reach[])[];
  /** Whether elements or windows may lie outside. */
  readonly masked: boolean;
}

function emitBlock(columns: Columns, { phases, masked }: Block): void {
  const { frame, evaluator, program, plan, depth, height } = columns;
  const [{ value }] = program.outputs;
  const { stride } = plan.axes[2];
  const total = (phase: number) => `sum_${phase}`;
  for (let phase = 0; phase < stride; phase++) {
    frame.set(total(phase), "v128", floats(0));
  }
  let phase = 0;
  let reach: Reach = { tap: 0, shift: 0 };
  const place: VectorPlace = {
    windowSize: plan.windowSize,
    element: (name) => readElement(columns, { name, phase }),
    perWindow: (name) =>
      load(address(tensorField(name), get("window")), reach.shift),
    channel: (name) => columns.channelParameter(name),
    tap: (name) => columns.tapParameter(name, columns.tapIndex(reach.tap)),
    position: () =>
      lanes(add(add(get("position"), get("column")), phase), stride),
    tapIndex: () => columns.tapIndex(reach.tap),
    windowIndex: () => lanes(add(get("window"), reach.shift), 1),
    count: (padded) => emitCount(columns, { reach, padded }),
  };
  evaluator.place = place;
  depth.forEachCovering(
    columns.rowDepth,
    int(0),
    () =>
      height.forEachCovering(get("row_h"), int(0), () => {
        const row = depth.axis.absent
          ? height.window
          : add(mul(depth.window, height.output), height.window);
        const plane = mul(get("plane"), frame.field("out_plane"));
        const first = add(plane, mul(row, columns.width.output));
        frame.set("window", "i32", add(first, get("block")));
        for (phase = 0; phase < stride; phase++) {
          evaluator.nextVector();
          for (reach of phases[phase]) {
            evaluator.nextWindow();
            const share = evaluator.evaluate(value);
            const sum = masked
              ? call("v128.and", share, insideMask(columns, reach))
              : share;
            frame.set(
              total(phase),
              "v128",
              call("f32x4.add", get(total(phase)), sum),
            );
          }
        }
      }),
  );
  emitStore(columns, {
    totals: phases.map((_, index) => get(total(index))),
    masked,
  });
}

/** Which lanes of a position have a window. */
function insideMask({ width }: Columns, { shift }: Reach): Term {
  return call(
    "i32x4.lt_u",
    lanes(add(get("block"), shift), 1),
    call("i32x4.splat", width.output),
  );
}

/** The elements of a phase of the block. */
function readElement(
  { plan, frame }: Columns,
  { name, phase }: { name: string; phase: number },
): Term {
  const { stride } = plan.axes[2];
  const at = address(tensorField(name), add(get("at"), get("column")));
  if (stride === 1) return load(at);
  if (stride > 2) return loadStrided(at, { offset: phase, stride });
  const near = frame.set("near", "v128", load(at));
  const far = frame.set("far", "v128", load(at, 4));
  return call(`i8x16.shuffle ${phase === 0 ? EVEN : ODD}`, near, far);
}

/** The counts of the windows that a position reaches. */
function emitCount(
  columns: Columns,
  { reach, padded }: { reach: Reach; padded: boolean },
): Term {
  const { plan, width } = columns;
  const axis = plan.axes[2];
  const rows = splatFloat(columns.rows(padded));
  const cut = padded ? axis.cutPadded : axis.cutBack || axis.before > 0;
  if (!cut) return call("f32x4.mul", rows, floats(axis.size));
  const start = sub(
    mul(add(get("block"), reach.shift), axis.stride),
    axis.before,
  );
  const end = padded ? add(width.input, axis.after) : width.input;
  const compare = padded ? "i32x4.lt_s" : "i32x4.lt_u";
  const sum = Array.from({ length: axis.size }, (_, t) =>
    call(
      compare,
      call("i32x4.add", lanes(start, axis.stride), splatInt(t * axis.dilation)),
      call("i32x4.splat", end),
    )).reduce((a, b) => call("i32x4.add", a, b));
  const across = call("f32x4.convert_i32x4_s", call("i32x4.neg", sum));
  return call("f32x4.mul", rows, across);
}

/** Writes a block, of which the end may lie behind the row's. */
function emitStore(
  { frame, program, plan, width }: Columns,
  { totals, masked }: { totals: readonly Term[]; masked: boolean },
): void {
  const { stride } = plan.axes[2];
  const at = (offset: number) =>
    address(
      resultField(program.outputs[0].name),
      add(add(get("at"), get("column")), offset),
    );
  if (!masked && stride <= 2) {
    const vectors = stride === 1 ? totals : [INTERLEAVE_LOW, INTERLEAVE_HIGH]
      .map((order) => call(`i8x16.shuffle ${order}`, ...totals));
    for (const [index, vector] of vectors.entries()) {
      frame.line(call("v128.store", at(4 * index), vector));
    }
    return;
  }
  for (let lane = 0; lane < 4; lane++) {
    for (const [phase, vector] of totals.entries()) {
      const offset = lane * stride + phase;
      const write = () =>
        frame.line(call(`v128.store32_lane ${lane}`, at(offset), vector));
      if (!masked) write();
      else {
        frame.when(
          call("i32.lt_s", add(get("column"), offset), width.input),
          write,
        );
      }
    }
  }
}
