import type { Expression } from "./expression.ts";
import { countsElements } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import { EVERY_SECOND } from "./wat_columns_separable.ts";
import { address, isInvariant, lanes } from "./wat_expression.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import { storeBlock, StridedLoads } from "./wat_strided.ts";
import { type Reach, reachesOf } from "./wat_reaches.ts";
import {
  add,
  all,
  call,
  floats,
  get,
  int,
  ints,
  mul,
  splatFloat,
  type Term,
} from "./wat_text.ts";
import { shuffle } from "./wat_transposed.ts";

/** The label of the text for blocks that windows reach which are unusual. */
const UNUSUAL = "$unusual";

/**
 * Runs a gather program on blocks of `4 · stride` neighbouring elements of a
 * row. Elements whose index leaves the same rest by the stride, a phase, are
 * reached by the same positions of neighbouring windows, which makes four of
 * them a vector.
 */
export function emitColumnsGather(columns: Columns): void {
  const { frame, depth, height, width, plan } = columns;
  const { stride } = plan.axes[2];
  const { program: { outputs: [{ value }] }, usual } = columns;
  const formula = usual?.outputs[0].value ?? value;
  const hasFactors = reachesAll(columns) &&
    factored(formula).factors.length > 0;
  const usesCounts = countsElements([value, formula]);
  const reaches = reachesOf(plan.axes[2]);
  const shifts = reaches.map(({ shift }) => shift);
  const firstWindow = add(get("block"), Math.min(0, ...shifts));
  const windowsEnd = add(get("block"), Math.max(0, ...shifts) + 4);
  columns.forEachRow({ depth: depth.input, height: height.input }, () => {
    depth.findCovering(columns.rowDepth, int(0));
    height.findCovering(get("row_h"), int(0));
    const row = columns.rowIndex(columns.rowDepth, get("row_h"));
    frame.set("position", "i32", mul(row, width.input));
    frame.set("at", "i32", add(columns.planeStart, get("position")));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.input, () => {
      frame.set("block", "i32", call("i32.div_u", get("column"), int(stride)));
      const inside = all([
        call("i32.le_s", add(get("column"), 4 * stride), width.input),
        call("i32.ge_s", firstWindow, int(0)),
        call("i32.le_s", windowsEnd, width.output),
        // Then counts are the same for all windows.
        ...(usesCounts
          ? [
            call("i32.ge_s", firstWindow, frame.field("inside_from")),
            call("i32.le_s", windowsEnd, frame.field("inside_to")),
          ]
          : []),
        ...(hasFactors
          ? [depth, height].flatMap((axis) => axis.isCovered())
          : []),
      ]);
      const block = (masked: boolean, formula: GatherFormula) => () =>
        new GatherBlock(columns, reaches, { masked, ...formula }).emit();
      if (!usual) {
        frame.when(inside, block(false, { value }), block(true, { value }));
        return;
      }
      const { conditions } = usual;
      const likely = { value: formula, conditions };
      frame.orElse(
        UNUSUAL,
        () => frame.when(inside, block(false, likely), block(true, likely)),
        block(true, { value }),
      );
    }, 4 * stride);
  });
}

/** Whether windows leave no gaps between them. */
function reachesAll({ plan: { axes } }: Columns): boolean {
  return axes.every(({ absent, size, stride, dilation }) =>
    absent || (dilation === 1 && size >= stride)
  );
}

/** The factors of a product that are the same for all windows, and the rest. */
function factored(
  value: Expression,
): { factors: Expression[]; rest: Expression } {
  const factors: Expression[] = [];
  let rest = value;
  while (rest.operation === "mul") {
    const at = rest.operands.findIndex(isInvariant);
    if (at < 0) break;
    factors.push(rest.operands[at]);
    rest = rest.operands[1 - at];
  }
  return { factors, rest };
}

/** What is summed, and under which conditions of windows. */
interface GatherFormula {
  readonly value: Expression;
  readonly conditions?: readonly Expression[];
}

/** How a block is gathered. */
interface GatherKind extends GatherFormula {
  /** Whether elements or windows may lie outside. */
  readonly masked: boolean;
}

/** A block of elements: a vector for each phase. */
class GatherBlock {
  #reach: Reach = { tap: 0, phase: 0, shift: 0 };
  #strided!: StridedLoads;
  readonly #formula: Expression;
  /** What all windows multiply their share with. */
  readonly #factors: readonly Expression[];
  readonly #value: Expression;
  readonly #conditions: readonly Expression[];
  readonly masked: boolean;

  constructor(
    readonly columns: Columns,
    readonly reaches: readonly Reach[],
    { masked, value, conditions = [] }: GatherKind,
  ) {
    this.masked = masked;
    // What no window reaches is 0, whatever it would be multiplied with.
    const { factors, rest } = !masked && reachesAll(columns)
      ? factored(value)
      : { factors: [], rest: value };
    this.#formula = value;
    this.#factors = factors;
    this.#value = rest;
    this.#conditions = conditions;
  }

  emit(): void {
    const { columns } = this;
    const { frame, evaluator, depth, height } = columns;
    evaluator.nextVector();
    evaluator.place = {
      windowSize: int(columns.plan.windowSize),
      element: (name) => this.#element(name),
      perWindow: (name) =>
        load(address(tensorField(name), get("window")), this.#reach.shift),
      channel: (name) => columns.channelParameter(name),
      plane: (name) => columns.planeParameter(name),
      tap: (name) => columns.tapParameter(name, this.#tapIndex()),
      position: () =>
        lanes(
          add(add(get("position"), get("column")), this.#reach.phase),
          this.#stride,
        ),
      tapIndex: () => call("i32x4.splat", this.#tapIndex()),
      windowIndex: () => lanes(add(get("window"), this.#reach.shift), 1),
      count: (padded) => this.#count(padded),
    };
    const stride = this.#stride;
    const offsets = Array.from({ length: stride }, (_, phase) => phase);
    this.#strided = new StridedLoads(frame, { stride, offsets });
    const phases = offsets.map((phase) => {
      this.#reach = { tap: 0, phase, shift: 0 };
      frame.set(`sum_${phase}`, "v128", floats(0));
      return evaluator.prepareInvariant(this.#formula, `.phase${phase}`);
    });
    if (this.#conditions.length > 0) {
      frame.set("usual", "v128", ints(-1, -1, -1, -1));
    }
    depth.forEachCovering(
      columns.rowDepth,
      int(0),
      () =>
        height.forEachCovering(get("row_h"), int(0), () => {
          this.#setWindow();
          evaluator.nextWindow();
          for (const [index, reach] of this.reaches.entries()) {
            const isNew = reach.shift !== this.reaches[index - 1]?.shift;
            if (isNew) evaluator.nextWindow();
            this.#reach = reach;
            if (isNew) this.#checkConditions();
            evaluator.useInvariant(phases[reach.phase]);
            this.#addShare();
          }
        }),
    );
    if (this.#conditions.length > 0) {
      frame.leaveUnless(UNUSUAL, call("i32x4.all_true", get("usual")));
    }
    const sums = phases.map((known, phase) => {
      evaluator.useInvariant(known);
      return this.#factors.reduce(
        (sum, factor) => call("f32x4.mul", sum, evaluator.evaluate(factor)),
        get(`sum_${phase}`),
      );
    });
    this.#store(sums);
  }

  /** Takes the conditions of the reached windows into account. */
  #checkConditions(): void {
    const { evaluator, frame } = this.columns;
    for (const condition of this.#conditions) {
      const met = evaluator.evaluate(condition);
      const passes = this.masked
        ? call("v128.or", met, call("v128.not", this.#isWindow))
        : met;
      frame.set("usual", "v128", call("v128.and", get("usual"), passes));
    }
  }

  /** Which of the reached windows there are. */
  get #isWindow(): Term {
    const window = lanes(add(get("block"), this.#reach.shift), 1);
    const end = call("i32x4.splat", this.columns.width.output);
    return call("i32x4.lt_u", window, end);
  }

  get #stride(): number {
    return this.columns.plan.axes[2].stride;
  }

  /** The index in memory of window j of the row of windows. */
  #setWindow(): void {
    const { frame, depth, height, width } = this.columns;
    const row = depth.axis.absent
      ? height.window
      : add(mul(depth.window, height.output), height.window);
    const plane = mul(get("plane"), frame.field("out_plane"));
    const first = add(plane, mul(row, width.output));
    frame.set("window", "i32", add(first, get("block")));
  }

  #addShare(): void {
    const { frame, evaluator } = this.columns;
    const { phase } = this.#reach;
    let share = evaluator.evaluate(this.#value);
    if (this.masked) share = call("v128.and", share, this.#isWindow);
    const sum = `sum_${phase}`;
    frame.set(sum, "v128", call("f32x4.add", get(sum), share));
  }

  #tapIndex(): Term {
    const { depth, height } = this.columns;
    return this.columns.tapIndex(depth.tap, height.tap, this.#reach.tap);
  }

  /** The elements of a phase of the block. */
  #element(name: string): Term {
    const { frame } = this.columns;
    const { phase } = this.#reach;
    const stride = this.#stride;
    const at = address(tensorField(name), add(get("at"), get("column")));
    if (stride === 1) return load(at);
    if (stride > 2) return this.#strided.read(name, at, phase);
    if (phase === 0) {
      frame.set(`near.${name}`, "v128", load(at));
      frame.set(`far.${name}`, "v128", load(at, 4));
    }
    return shuffle(
      EVERY_SECOND[phase],
      get(`near.${name}`),
      get(`far.${name}`),
    );
  }

  /** The counts of the windows that the reach is about. */
  #count(padded: boolean): Term {
    const { columns } = this;
    const window = add(get("block"), this.#reach.shift);
    if (this.masked) return columns.countsFrom(window, padded);
    return splatFloat(mul(columns.rows(padded), columns.plan.axes[2].size));
  }

  /** Writes the block, of which the end may lie behind the row's. */
  #store(sums: readonly Term[]): void {
    const { frame, program, width } = this.columns;
    const stride = this.#stride;
    const at = address(
      resultField(program.outputs[0].name),
      add(get("at"), get("column")),
    );
    if (!this.masked) return storeBlock(frame, sums, at);
    for (let lane = 0; lane < 4; lane++) {
      for (const [phase, sum] of sums.entries()) {
        const index = lane * stride + phase;
        const inside = add(get("column"), index);
        frame.when(
          call("i32.lt_s", inside, width.input),
          () => {
            const store = `v128.store32_lane offset=${4 * index} ${lane}`;
            frame.line(call(store, at, sum));
          },
        );
      }
    }
  }
}
