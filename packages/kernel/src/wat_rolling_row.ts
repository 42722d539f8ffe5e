import type { Expression } from "./expression.ts";
import type { Columns } from "./wat_columns.ts";
import { mindsNaN, onlyInside } from "./wat_folds.ts";
import { lanes } from "./wat_expression.ts";
import { load } from "./wat_frame.ts";
import {
  accumulate,
  lanesFrom,
  type RollingCase,
  type RowFold,
} from "./wat_rolling_folds.ts";
import { weaveVectors } from "./wat_columns_separable.ts";
import { add, bytes, call, get, int, mul, sub, type Term } from "./wat_text.ts";

/** The locals that a row of the input is folded from and into. */
export interface RowPlaces {
  /** The address of an input where the first window of the row begins. */
  from(name: string): Term;
  /** The address of a fold's accumulators, one vector per four windows. */
  to(slot: number): Term;
  /** The index in its plane of the element that the first window begins at. */
  readonly position: Term;
  /** The local that is NaN once a candidate was. */
  readonly met: string;
  /** The local that is not all ones once an element failed a check. */
  readonly passes: string;
}

/** Folds the columns of all windows of a row of the input. */
export class RollingRow {
  readonly folds: readonly RowFold[];
  readonly checks: readonly Expression[];
  /** Vectors of elements that four windows reach into. */
  readonly #vectors: number;
  /** Those of them that the next four windows reach into, too. */
  readonly #shared: number;

  constructor(
    readonly columns: Columns,
    { folds, checks }: RollingCase,
    readonly places: RowPlaces,
  ) {
    this.folds = folds;
    this.checks = checks;
    this.#vectors = columns.reachedVectors;
    this.#shared = Math.max(0, this.#vectors - this.#axis.stride);
  }

  emit(): void {
    const { frame, width } = this.columns;
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      this.columns.overlapLast();
      frame.orElse("$edge", () => {
        frame.leaveUnless("$edge", this.columns.isInside());
        this.#emitInside();
      }, () => {
        // Some columns lie outside.
        this.#setOffset();
        frame.set(
          "start_w",
          "i32",
          sub(mul(get("column"), this.#axis.stride), this.#axis.before),
        );
        this.#prepare();
        this.#evaluate(0, this.#vectors, (vector) =>
          call(
            "i32x4.lt_u",
            lanes(add(get("start_w"), 4 * vector), 1),
            call("i32x4.splat", width.input),
          ));
        this.#fold(false);
      });
    }, 4);
  }

  get #axis() {
    return this.columns.plan.axes[2];
  }

  /** Windows of which no column lies outside: vectors are handed on. */
  #emitInside(): void {
    const { frame } = this.columns;
    this.#prepare();
    this.#setOffset();
    this.#evaluate(0, this.#shared);
    frame.alongRow(get("last_inside"), () => {
      this.#setOffset();
      this.#evaluate(this.#shared, this.#vectors);
      this.#fold(true);
      for (const { name } of this.folds) {
        for (let vector = 0; vector < this.#shared; vector++) {
          const next = get(`${name}.v${vector + this.#axis.stride}`);
          frame.set(`${name}.v${vector}`, "v128", next);
        }
      }
    });
  }

  #setOffset(): void {
    const elements = mul(get("column"), this.#axis.stride);
    this.columns.frame.set("offset", "i32", bytes(elements));
  }

  /** Reads what bodies need of the plane. */
  #prepare(): void {
    const { columns } = this;
    const { evaluator } = columns;
    evaluator.nextVector();
    evaluator.place = {
      ...evaluator.place,
      channel: (name) => columns.channelParameter(name),
      plane: (name) => columns.planeParameter(name),
    };
    evaluator.prepare([
      ...this.folds.map(({ body }) => body),
      ...this.checks,
    ]);
  }

  /** Evaluates bodies for some vectors of elements. */
  #evaluate(
    from: number,
    to: number,
    inside?: (vector: number) => Term,
  ): void {
    const { evaluator, frame } = this.columns;
    const { met, passes } = this.places;
    const bodies = [...this.folds.map(({ body }) => body), ...this.checks];
    const body = (vector: number) => {
      evaluator.nextElement();
      evaluator.place = {
        ...evaluator.place,
        element: (name) => this.#load(name, 4 * vector),
      };
      const mask = inside && frame.keep("inside", inside(vector));
      for (const { body, values, name } of this.folds) {
        let value = evaluator.evaluate(body);
        if (mask) {
          value = onlyInside(evaluator, values, { value, inside: mask });
        }
        frame.set(`${name}.v${vector}`, "v128", value);
        if (!mindsNaN(values)) continue;
        const own = mask
          ? call("v128.and", evaluator.evaluate(body), mask)
          : get(`${name}.v${vector}`);
        frame.set(met, "v128", call("f32x4.add", get(met), own));
      }
      for (const check of this.checks) {
        let pass = evaluator.evaluate(check);
        if (mask) pass = call("v128.or", pass, call("v128.not", mask));
        frame.set(passes, "v128", call("v128.and", get(passes), pass));
      }
    };
    weaveVectors(frame, bodies, {
      count: to - from,
      body: (index) => body(from + index),
    });
  }

  /** Folds the columns of four windows, and keeps the results. */
  #fold(isInside: boolean): void {
    const { columns: { evaluator, frame }, folds, places } = this;
    const { size, stride, dilation } = this.#axis;
    for (let tap = 0; tap < size; tap++) {
      const offset = tap * dilation;
      for (const fold of folds) {
        const { body, name } = fold;
        // Where nothing is computed, a load is as good as a shuffle.
        const isLoad = isInside && stride === 1 && body.operation === "element";
        let value = isLoad
          ? this.#load(body.name, offset)
          : lanesFrom((vector) => get(`${name}.v${vector}`), {
            offset,
            step: stride,
          });
        if (fold.places) value = frame.set(`${name}.tap`, "v128", value);
        const place = fold.places ? frame.integer(offset) : undefined;
        accumulate(evaluator, fold, { value, place, first: tap === 0 });
      }
    }
    let slot = 0;
    const keep = (value: Term) => {
      const at = add(places.to(slot++), bytes(get("column")));
      frame.line(call("v128.store", at, value));
    };
    for (const { name, places: isPlaced } of folds) {
      keep(get(name));
      if (!isPlaced) continue;
      const start = add(places.position, mul(get("column"), stride));
      keep(call("i32x4.add", get(`${name}.at`), lanes(start, stride)));
    }
  }

  #load(name: string, offset: number): Term {
    return load(add(this.places.from(name), get("offset")), offset);
  }
}
