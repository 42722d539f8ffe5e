import type { WatFrame } from "./wat_frame.ts";
import { lengthOf } from "./wat_frame.ts";
import type { WatAxis } from "./wat_plan.ts";
import {
  add,
  all,
  call,
  get,
  greater,
  int,
  mul,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

/** The letters that name the axes' locals: depth, height, width. */
export const LETTERS = ["d", "h", "w"] as const;

/** An axis's windows in the text of a kernel; locals end with its letter. */
export class AxisRanges {
  readonly letter: (typeof LETTERS)[number];

  constructor(
    readonly frame: WatFrame,
    readonly axis: WatAxis,
    index: number,
  ) {
    this.letter = LETTERS[index];
  }

  /** The number of elements of the input along the axis. */
  get input(): Term {
    return this.axis.absent ? int(1) : this.frame.field(`in_${this.letter}`);
  }

  /** The number of windows along the axis. */
  get output(): Term {
    return this.axis.absent ? int(1) : this.frame.field(`out_${this.letter}`);
  }

  /** The window's first element, possibly outside, as `start_x`. */
  get start(): Term {
    return this.axis.absent ? int(0) : get(`start_${this.letter}`);
  }

  /** The window's first element inside. */
  get first(): Term {
    return add(this.start, mul(this.from, this.axis.dilation));
  }

  /** The first position of the window that lies inside. */
  get from(): Term {
    return this.#bounded ? get(`from_${this.letter}`) : int(0);
  }

  /** One past the last position of the window that lies inside. */
  get to(): Term {
    return this.#bounded ? get(`to_${this.letter}`) : this.size;
  }

  /** Elements per window; of a table the most. */
  get size(): Term {
    return this.#length("size");
  }

  /** A length that is known, or an argument. */
  #length(name: "size" | "stride" | "before" | "after"): Term {
    const { fixed, absent } = this.axis;
    if (fixed || absent) return int(this.axis[name]);
    return this.frame.field(`${name}_${this.letter}`);
  }

  /** Whether windows differ in how much of them lies inside. */
  get #bounded(): boolean {
    const { kind, cutBack } = this.axis;
    return kind === "table" || this.#cutFront || cutBack;
  }

  /** Whether some window may begin in front of the first element. */
  get #cutFront(): boolean {
    const { fixed, absent, before } = this.axis;
    return before > 0 || !(fixed || absent);
  }

  /** Finds the range of the window `index`; tables are read for a group. */
  find(index: Term, group: Term): void {
    const { frame, letter, axis } = this;
    if (axis.absent) return;
    if (axis.kind === "table") {
      frame.set(
        `entry_${letter}`,
        "i32",
        call("i32.shl", add(mul(group, this.output), index), int(2)),
      );
      const entry = (table: string) =>
        call(
          "i32.load",
          add(frame.field(`${table}_${letter}`), get(`entry_${letter}`)),
        );
      frame.set(`start_${letter}`, "i32", entry("starts"));
      frame.set(`from_${letter}`, "i32", int(0));
      frame.set(`to_${letter}`, "i32", entry("counts"));
      return;
    }
    const start = mul(index, this.#length("stride"));
    frame.set(`start_${letter}`, "i32", sub(start, this.#length("before")));
    if (!this.#bounded) return;
    frame.set(
      `from_${letter}`,
      "i32",
      this.#cutFront ? this.#firstInside() : int(0),
    );
    frame.set(
      `to_${letter}`,
      "i32",
      axis.cutBack ? this.#endInside(this.input) : this.size,
    );
  }

  /** Whether all of the window lies inside; undefined where every one does. */
  isWhole(): Term | undefined {
    if (!this.#bounded || this.axis.kind === "table") return undefined;
    const conditions: Term[] = [];
    if (this.axis.before > 0) conditions.push(call("i32.eqz", this.from));
    if (this.axis.cutBack) {
      conditions.push(call("i32.eq", this.to, int(this.axis.size)));
    }
    return all(conditions);
  }

  /** The number of positions of the window inside the input. */
  count(): Term {
    return this.#bounded ? lengthOf(this.from, this.to) : this.size;
  }

  /** The number of positions of the window inside the padded input. */
  paddedCount(): Term {
    const { kind, cutPadded } = this.axis;
    if (kind === "table") return this.to;
    return cutPadded
      ? this.#endInside(add(this.input, this.#length("after")))
      : this.size;
  }

  /** Runs lines for each position inside, with the element's index as `at_x`. */
  forEach(body: () => void): void {
    const { frame, letter, axis } = this;
    const tap = `t_${letter}`;
    if (axis.absent) return body();
    if (!this.#bounded && axis.size === 1) {
      frame.set(tap, "i32", int(0));
      frame.set(`at_${letter}`, "i32", this.start);
      return body();
    }
    frame.set(tap, "i32", this.from);
    frame.loop(tap, this.to, () => {
      frame.set(
        `at_${letter}`,
        "i32",
        add(this.start, mul(get(tap), axis.dilation)),
      );
      body();
    });
  }

  /** The element's index, and its position in the window. */
  get at(): Term {
    return this.axis.absent ? int(0) : get(`at_${this.letter}`);
  }

  /** The position in the window. */
  get tap(): Term {
    return this.axis.absent ? int(0) : get(`t_${this.letter}`);
  }

  /** The windows that may hold element `at`: the first and the last, as locals. */
  findCovering(at: Term, group: Term): void {
    const { frame, letter, axis } = this;
    if (axis.absent) return;
    const [first, last] = [`first_${letter}`, `last_${letter}`];
    if (axis.kind === "table") {
      frame.set(
        `entry_${letter}`,
        "i32",
        call("i32.shl", add(mul(group, this.input), at), int(2)),
      );
      for (const bound of [first, last]) {
        const entry = add(
          frame.field(`${bound}_table`),
          get(`entry_${letter}`),
        );
        frame.set(bound, "i32", call("i32.load", entry));
      }
      return;
    }
    const { size, stride, before, dilation } = axis;
    const reach = dilation * (size - 1);
    frame.set(`from_start_${letter}`, "i32", add(at, before));
    const from = get(`from_start_${letter}`);
    // ceil((at + before − reach) / stride), at least 0
    frame.set(
      first,
      "i32",
      call(
        "i32.div_s",
        add(greater(sub(from, reach), int(0)), stride - 1),
        int(stride),
      ),
    );
    frame.set(last, "i32", call("i32.div_s", from, int(stride)));
    frame.set(last, "i32", smaller(get(last), sub(this.output, 1)));
  }

  /** Whether there are windows that may hold the element; nothing where sure. */
  isCovered(): Term[] {
    const { axis, letter } = this;
    if (axis.absent) return [];
    const [first, last] = [get(`first_${letter}`), get(`last_${letter}`)];
    return [call("i32.le_s", first, last)];
  }

  /**
   * Runs lines for each window that holds element `at`, in order: the window
   * as `window_x`, the element's position in it as `t_x`.
   */
  forEachCovering(at: Term, group: Term, body: () => void): void {
    const { frame, letter, axis } = this;
    if (axis.absent) return body();
    const window = `window_${letter}`;
    const tap = `t_${letter}`;
    frame.set(window, "i32", get(`first_${letter}`));
    frame.loop(window, add(get(`last_${letter}`), 1), () => {
      this.find(get(window), group);
      frame.set(tap, "i32", sub(at, this.start));
      if (axis.kind === "slide" && axis.dilation === 1) return body();
      const holds: Term[] = [];
      const distance = `distance_${letter}`;
      frame.set(distance, "i32", get(tap));
      if (axis.kind === "table") {
        holds.push(call("i32.ge_s", get(distance), int(0)));
      }
      if (axis.dilation > 1) {
        const dilation = int(axis.dilation);
        holds.push(
          call("i32.eqz", call("i32.rem_s", get(distance), dilation)),
        );
        frame.set(tap, "i32", call("i32.div_s", get(distance), dilation));
      }
      if (axis.kind === "table") {
        holds.push(call("i32.lt_s", get(tap), this.to));
      }
      frame.when(all(holds), body);
    });
  }

  /** The window that {@linkcode forEachCovering} is at. */
  get window(): Term {
    return this.axis.absent ? int(0) : get(`window_${this.letter}`);
  }

  #firstInside(): Term {
    const { dilation } = this.axis;
    const missing = greater(sub(int(0), this.start), int(0));
    return dilation === 1
      ? missing
      : call("i32.div_s", add(missing, dilation - 1), int(dilation));
  }

  /** One past the last position before an end; no window starts behind it. */
  #endInside(end: Term): Term {
    const { dilation } = this.axis;
    const room = sub(end, this.start);
    const positions = dilation === 1
      ? room
      : call("i32.div_s", add(room, dilation - 1), int(dilation));
    return smaller(positions, this.size);
  }
}
