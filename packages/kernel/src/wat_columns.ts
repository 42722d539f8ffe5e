import { type Program, valuesOf } from "./program.ts";
import type { UsualCase } from "./usual_case.ts";
import { usualVectors } from "./wat_usual_case.ts";
import { address, lanes, VectorEvaluator } from "./wat_expression.ts";
import {
  loadSplat,
  storeSome,
  tensorField,
  type WatFrame,
} from "./wat_frame.ts";
import type { WatPlan } from "./wat_plan.ts";
import { rollingCase } from "./wat_rolling_folds.ts";
import { AxisRanges } from "./wat_ranges.ts";
import {
  add,
  call,
  get,
  int,
  mul,
  rowMajor,
  smaller,
  splatFloat,
  splatInt,
  sub,
  type Term,
} from "./wat_text.ts";

/**
 * The schedule `columns`: lanes are four neighbouring columns of a row. What
 * its window programs and its gather programs share.
 */
export class Columns {
  readonly evaluator: VectorEvaluator;
  /** What is tried first, where some conditions are likely. */
  readonly usual: UsualCase | undefined;
  readonly depth: AxisRanges;
  readonly height: AxisRanges;
  readonly width: AxisRanges;

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    const usual = this.usual = usualVectors(program);
    this.evaluator = new VectorEvaluator(frame, [
      ...valuesOf(program),
      ...(usual ? [...valuesOf(usual), ...usual.conditions] : []),
      ...(plan.schedule === "rolling" ? rollingCase(program)!.checks : []),
    ]);
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
    const usesChannels = this.program.tensors.some(({ role }) =>
      role === "channel" || role === "tap"
    );
    const places = [
      ["row_h", lengths.height],
      ...(this.depth.axis.absent ? [] : [["row_d", lengths.depth]]),
    ];
    // Divided once, then counted.
    frame.set("row", "i32", get("begin"));
    frame.set("plane", "i32", get("row"));
    for (const [place, length] of places) {
      frame.set(place, "i32", call("i32.rem_u", get("plane"), length));
      frame.set("plane", "i32", call("i32.div_u", get("plane"), length));
    }
    const setChannel = () => {
      if (!usesChannels) return;
      const channels = frame.field("channels");
      frame.set("channel", "i32", call("i32.rem_u", get("plane"), channels));
    };
    setChannel();
    const next = ([first, ...others]: typeof places) => {
      if (!first) {
        frame.set("plane", "i32", add(get("plane"), 1));
        return setChannel();
      }
      const [place, length] = first;
      const at = frame.set(place, "i32", add(get(place), 1));
      frame.when(call("i32.eq", at, length), () => {
        frame.set(place, "i32", int(0));
        next(others);
      });
    };
    frame.loop("row", get("end"), () => {
      body();
      next(places);
    });
  }

  /** Moves the last vector of a row back, so that it overlaps the one before. */
  overlapLast(): void {
    const { frame, width } = this;
    // The last vector overlaps the one before.
    const last = sub(width.output, 4);
    frame.when(call("i32.gt_s", get("column"), last), () => {
      const few = call("i32.lt_s", last, int(0));
      frame.set("column", "i32", call("select", int(0), last, few));
    });
  }

  /** Vectors of elements that four windows of a row reach into. */
  get reachedVectors(): number {
    const { size, stride, dilation } = this.plan.axes[2];
    return Math.floor((3 * stride + (size - 1) * dilation) / 4) + 1;
  }

  /**
   * Sets the last column where a vector's windows lie inside; so do `reach`
   * elements, from where the first of them begins, where these are given.
   */
  setLastInside(reach?: number): void {
    const { frame, width } = this;
    const windows = sub(frame.field("inside_to"), 4);
    if (reach === undefined) {
      frame.set("last_inside", "i32", windows);
      return;
    }
    const { stride, before } = this.plan.axes[2];
    const room = add(width.input, before - reach);
    const last = stride === 1 ? room : call("i32.shr_s", room, int(1));
    frame.set("last_inside", "i32", windows);
    frame.set("last_inside", "i32", smaller(get("last_inside"), last));
  }

  /** Whether no column of the vector's windows lies outside. */
  isInside(): Term {
    return call(
      "i32.and",
      call("i32.ge_s", get("column"), this.frame.field("inside_from")),
      call("i32.le_s", get("column"), get("last_inside")),
    );
  }

  /** Writes the results of a vector of windows, as many as the row has. */
  storeWindows(at: Term, vector: Term): void {
    storeSome(this.frame, this.width.output, { at, vector });
  }

  /**
   * How many columns four windows that start here have, those inside the input
   * or its padding alone.
   */
  across(starts: Term, padded: boolean): Term {
    const { size, after, dilation } = this.plan.axes[2];
    const end = call(
      "i32x4.splat",
      padded ? add(this.width.input, after) : this.width.input,
    );
    const none = splatInt(0);
    if (dilation === 1) {
      const behind = call("i32x4.add", starts, splatInt(size));
      const last = call("i32x4.min_s", behind, end);
      const first = padded ? starts : call("i32x4.max_s", starts, none);
      const count = call("i32x4.max_s", call("i32x4.sub", last, first), none);
      return call("f32x4.convert_i32x4_s", count);
    }
    const compare = padded ? "i32x4.lt_s" : "i32x4.lt_u";
    const sum = Array.from({ length: size }, (_, tap) => {
      const at = call("i32x4.add", starts, splatInt(tap * dilation));
      return call(compare, at, end);
    }).reduce((a, b) => call("i32x4.add", a, b));
    return call("f32x4.convert_i32x4_s", call("i32x4.neg", sum));
  }

  /** The elements of four windows from one on, where some may be cut off. */
  countsFrom(window: Term, padded: boolean): Term {
    const axis = this.plan.axes[2];
    const rows = this.rows(padded);
    const isCut = padded ? axis.cutPadded : axis.cutBack || axis.before > 0;
    if (!isCut) return splatFloat(mul(rows, axis.size));
    const start = sub(mul(window, axis.stride), axis.before);
    const across = this.across(lanes(start, axis.stride), padded);
    return call("f32x4.mul", splatFloat(rows), across);
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

  /** The index in memory of the first element of the row's plane. */
  get planeStart(): Term {
    return mul(get("plane"), this.frame.field("in_plane"));
  }

  /** A parameter of the row's channel. */
  channelParameter(name: string): Term {
    return loadSplat(address(tensorField(name), get("channel")));
  }

  /** A parameter of the row's plane. */
  planeParameter(name: string): Term {
    return loadSplat(address(tensorField(name), get("plane")));
  }

  /** A parameter of the row's channel and a position in the window. */
  tapParameter(name: string, tap: Term): Term {
    const row = mul(get("channel"), this.plan.windowSize);
    return loadSplat(address(tensorField(name), add(row, tap)));
  }

  /** The index of a position in the window. */
  tapIndex(depth: Term, height: Term, width: number): Term {
    const [, rows, columns] = this.plan.axes;
    return rowMajor([depth, height, int(width)], [rows.size, columns.size]);
  }

  /** The counts of the window along depth and height, multiplied. */
  rows(padded: boolean): Term {
    const [a, b] = [this.depth, this.height].map((axis) =>
      padded ? axis.paddedCount() : axis.count()
    );
    return mul(a, b);
  }
}
