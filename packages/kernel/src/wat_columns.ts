import { foldPasses, type Program } from "./program.ts";
import { FoldPass } from "./wat_folds.ts";
import {
  address,
  lanes,
  VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import {
  load,
  loadSplat,
  loadStrided,
  resultField,
  storeLanes,
  tensorField,
  type WatFrame,
} from "./wat_frame.ts";
import type { WatPlan } from "./wat_plan.ts";
import { AxisRanges } from "./wat_ranges.ts";
import {
  add,
  call,
  floats,
  get,
  int,
  ints,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";

/** Even and odd elements of two neighbouring vectors. */
const EVEN = "0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27";
const ODD = "4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31";

/** The parts of the schedule `columns` that both kinds of programs share. */
export class Columns {
  readonly evaluator: VectorEvaluator;
  readonly depth: AxisRanges;
  readonly height: AxisRanges;
  readonly width: AxisRanges;

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    this.evaluator = new VectorEvaluator(frame, program);
    [this.depth, this.height, this.width] = plan.axes.map((axis, index) =>
      new AxisRanges(frame, axis, index)
    );
  }

  /**
   * Runs lines for each row of the planes: `plane`, `channel`, and the row's
   * place `row_d`, `row_h` in a plane of these lengths.
   */
  forEachRow(lengths: { depth: Term; height: Term }, body: () => void): void {
    const { frame } = this;
    frame.set("row", "i32", get("begin"));
    frame.loop("row", get("end"), () => {
      const flat = this.depth.axis.absent;
      frame.set("plane", "i32", call("i32.div_u", get("row"), lengths.height));
      frame.set("row_h", "i32", call("i32.rem_u", get("row"), lengths.height));
      if (!flat) {
        frame.set(
          "row_d",
          "i32",
          call("i32.rem_u", get("plane"), lengths.depth),
        );
        frame.set(
          "plane",
          "i32",
          call("i32.div_u", get("plane"), lengths.depth),
        );
      }
      const usesChannels = this.program.tensors.some(({ role }) =>
        role === "channel" || role === "tap"
      );
      if (usesChannels) {
        const channels = frame.field("channels");
        frame.set("channel", "i32", call("i32.rem_u", get("plane"), channels));
      }
      body();
    });
  }

  /** The depth of the row, 0 where there is no such axis. */
  get rowDepth(): Term {
    return this.depth.axis.absent ? int(0) : get("row_d");
  }

  /** The index of an element's row in its plane. */
  rowIndex(depth: Term, height: Term): Term {
    return this.depth.axis.absent
      ? height
      : add(mul(depth, this.height.input), height);
  }

  /** A parameter of the row's channel. */
  channelParameter(name: string): Term {
    return loadSplat(address(tensorField(name), get("channel")));
  }

  /** A parameter of the row's channel and a position in the window. */
  tapParameter(name: string, tap: Term): Term {
    const row = mul(get("channel"), this.plan.windowSize);
    return loadSplat(address(tensorField(name), add(row, tap)));
  }

  /** The index of a position in the window. */
  tapIndex(column: number): Term {
    const { plan: { axes }, depth, height } = this;
    const row = add(mul(depth.tap, axes[1].size), height.tap);
    return add(mul(row, axes[2].size), column);
  }

  /** The counts of the window along depth and height, multiplied. */
  rows(padded: boolean): Term {
    const [a, b] = [this.depth, this.height].map((axis) =>
      padded ? axis.paddedCount() : axis.count()
    );
    return mul(a, b);
  }
}

/** Runs a window program on four neighbouring windows of a row at a time. */
export function emitColumnsWindow(columns: Columns): void {
  const { frame, depth, height, width } = columns;
  const oneAtMost = call("i32.lt_s", width.output, int(4));
  columns.forEachRow({ depth: depth.output, height: height.output }, () => {
    depth.find(columns.rowDepth, int(0));
    height.find(get("row_h"), int(0));
    frame.set("to", "i32", mul(get("row"), width.output));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      frame.comment("the last vector overlaps the one before");
      frame.when(
        call(
          "i32.gt_s",
          add(get("column"), 4),
          width.output,
        ),
        () =>
          frame.set(
            "column",
            "i32",
            call("select", int(0), sub(width.output, 4), oneAtMost),
          ),
      );
      const inside = call(
        "i32.and",
        call("i32.ge_s", get("column"), frame.field("inside_from")),
        call("i32.le_s", add(get("column"), 4), frame.field("inside_to")),
      );
      frame.when(
        inside,
        () => emitWindowVector(columns, false),
        () => emitWindowVector(columns, true),
      );
    }, 4);
  });
}

/** Four windows; with masks where some reach outside or are none. */
function emitWindowVector(columns: Columns, masked: boolean): void {
  const { frame, evaluator, program, plan, depth, height, width } = columns;
  const axis = plan.axes[2];
  evaluator.nextVector();
  frame.set(
    "start_w",
    "i32",
    sub(mul(get("column"), axis.stride), axis.before),
  );
  const mask = masked ? emitMasks(columns) : () => undefined;
  let column = 0;
  let loads = new Map<string, Term>();
  const readStrided = (name: string): Term => {
    const at = address(tensorField(name), get("at"));
    const offset = column * axis.dilation;
    if (axis.stride === 1) return load(at, offset);
    if (axis.stride > 2) {
      return loadStrided(at, { offset, stride: axis.stride });
    }
    const even = offset - offset % 2;
    const [near, far] = [even, even + 4].map((block) => {
      const key = `${name}_${block}`;
      if (!loads.has(key)) {
        loads.set(key, frame.set(`load_${key}`, "v128", load(at, block)));
      }
      return loads.get(key)!;
    });
    return call(`i8x16.shuffle ${offset % 2 ? ODD : EVEN}`, near, far);
  };
  const place: VectorPlace = {
    windowSize: plan.windowSize,
    element: readStrided,
    perWindow: (name) =>
      load(address(tensorField(name), add(get("to"), get("column")))),
    channel: (name) => columns.channelParameter(name),
    tap: (name) => columns.tapParameter(name, columns.tapIndex(column)),
    position: () =>
      lanes(add(get("position"), column * axis.dilation), axis.stride),
    tapIndex: () => columns.tapIndex(column),
    windowIndex: () => lanes(add(get("to"), get("column")), 1),
    count: (padded) => emitCount(columns, { masked, padded }),
  };
  evaluator.place = place;
  for (const folds of foldPasses(program.outputs)) {
    const pass = new FoldPass(evaluator, folds);
    evaluator.prepare(folds.flatMap((fold) => fold.operands));
    pass.start();
    depth.forEach(() =>
      height.forEach(() => {
        const row = mul(columns.rowIndex(depth.at, height.at), width.input);
        frame.set("position", "i32", add(row, get("start_w")));
        const plane = mul(get("plane"), frame.field("in_plane"));
        frame.set("at", "i32", add(plane, get("position")));
        loads = new Map();
        for (column = 0; column < axis.size; column++) {
          evaluator.nextElement();
          pass.step(mask(column));
        }
      })
    );
    pass.finish();
  }
  for (const { name, value } of program.outputs) {
    const vector = evaluator.evaluate(value);
    const at = address(resultField(name), add(get("to"), get("column")));
    const whole = () => frame.line(call("v128.store", at, vector));
    if (masked) {
      frame.when(
        call("i32.ge_s", width.output, int(4)),
        whole,
        () => emitPartialStore(columns, { name, vector }),
      );
    } else whole();
  }
}

/** Writes the windows of a row that has fewer than four. */
function emitPartialStore(
  { frame, width }: Columns,
  { name, vector }: { name: string; vector: Term },
): void {
  for (let lane = 0; lane < 3; lane++) {
    frame.when(call("i32.gt_s", width.output, int(lane)), () => {
      const at = address(resultField(name), add(get("to"), int(lane)));
      storeLanes(frame, laneFirst(vector, lane), {
        at,
        step: int(0),
        lanes: 1,
      });
    });
  }
}

/** A vector with one of its lanes in front. */
function laneFirst(vector: Term, lane: number): Term {
  if (lane === 0) return vector;
  const order = Array.from({ length: 16 }, (_, i) => (i + 4 * lane) % 16);
  return call(`i8x16.shuffle ${order.join(" ")}`, vector, vector);
}

/** Which lanes have their element of column `t` inside the row, as locals. */
function emitMasks(columns: Columns): (column: number) => Term {
  const { frame, plan, width } = columns;
  const axis = plan.axes[2];
  frame.set("columns", "v128", lanes(get("start_w"), axis.stride));
  for (let t = 0; t < axis.size; t++) {
    const at = t === 0
      ? get("columns")
      : call("i32x4.add", get("columns"), splatInt(t * axis.dilation));
    frame.set(
      `inside_${t}`,
      "v128",
      call("i32x4.lt_u", at, call("i32x4.splat", width.input)),
    );
  }
  return (column) => get(`inside_${column}`);
}

/** The number of elements of each window, or of positions in the padded input. */
function emitCount(
  columns: Columns,
  { masked, padded }: { masked: boolean; padded: boolean },
): Term {
  const { plan, width } = columns;
  const axis = plan.axes[2];
  const rows = columns.rows(padded);
  const constant = /^\(i32\.const (\d+)\)$/.exec(rows);
  const cut = padded ? axis.cutPadded : masked;
  if (!cut) {
    return constant
      ? floats(Number(constant[1]) * axis.size)
      : splatFloat(mul(rows, axis.size));
  }
  const inside = Array.from({ length: axis.size }, (_, t) =>
    padded
      ? call(
        "i32x4.lt_s",
        call(
          "i32x4.add",
          lanes(get("start_w"), axis.stride),
          splatInt(t * axis.dilation),
        ),
        call("i32x4.splat", add(width.input, axis.after)),
      )
      : get(`inside_${t}`));
  const sum = inside.reduce((sum, mask) => call("i32x4.add", sum, mask));
  const across = call("f32x4.convert_i32x4_s", call("i32x4.neg", sum));
  return call("f32x4.mul", splatFloat(rows), across);
}

/** An integer constant in all lanes. */
export function splatInt(value: number): Term {
  return ints(value, value, value, value);
}

/** An integer as a float in all lanes. */
export function splatFloat(value: Term): Term {
  return call("f32x4.splat", call("f32.convert_i32_s", value));
}
