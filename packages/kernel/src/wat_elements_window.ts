import type { Expression } from "./expression.ts";
import { foldPasses } from "./program.ts";
import { vectorsOf } from "./wat_cost.ts";
import type { Elements } from "./wat_elements.ts";
import { setMissing } from "./wat_elements_missing.ts";
import { emitElementsPlanes } from "./wat_elements_planes.ts";
import { address, lanes } from "./wat_expression.ts";
import { mergeFolds, mergeLanes } from "./wat_fold_merge.ts";
import { FoldPass } from "./wat_folds.ts";
import { resultField, type WatFrame } from "./wat_frame.ts";
import {
  add,
  call,
  floats,
  get,
  int,
  smaller,
  sub,
  type Term,
} from "./wat_text.ts";

/** Elements of which sums are added up before they are added to the total. */
const PART = 1024;

/** Runs a window program on four elements of a window at a time. */
export function emitElementsWindow(elements: Elements): void {
  const { frame, evaluator, program, plan } = elements;
  frame.set("to", "i32", get("begin"));
  if (plan.planes) emitElementsPlanes(elements);
  frame.loop("to", get("end"), () => {
    elements.findWindow();
    evaluator.nextVector();
    evaluator.place = elements.place();
    for (const folds of foldPasses(program.outputs)) {
      evaluator.prepare(folds.flatMap((fold) => fold.operands));
      emitPass(elements, folds);
    }
    for (const { name, value } of program.outputs) {
      const vector = evaluator.evaluate(value);
      const at = address(resultField(name), get("to"));
      frame.line(call("v128.store32_lane 0", at, vector));
    }
  });
}

/**
 * Folds the elements of a window. Neighbouring vectors have accumulators of
 * their own, which do not wait for each other and are merged at the end.
 */
function emitPass(elements: Elements, folds: readonly Expression[]): void {
  const { frame, evaluator } = elements;
  const vectors = vectorsOf(folds.flatMap(({ operands }) => operands));
  const passes = Array.from(
    { length: vectors },
    (_, index) =>
      new FoldPass(evaluator, folds, undefined, index > 0 ? `.${index}` : ""),
  );
  const totals = new Totals(frame, passes);
  for (const pass of passes) pass.start();
  totals.start();
  const step = (index: number, mask?: Term) => {
    evaluator.nextElement();
    evaluator.place = elements.place(4 * index);
    passes[index].step({ mask, first: false });
    elements.nextPositions();
  };
  elements.forEachRun(() => {
    frame.set("whole", "i32", call("i32.and", get("run"), int(-4 * vectors)));
    frame.set("column", "i32", int(0));
    elements.setPositions();
    totals.forEachPart(() =>
      frame.loop(
        "column",
        get("part_end"),
        () => passes.forEach((_, index) => step(index)),
        4 * vectors,
      )
    );
    if (vectors > 1) {
      const end = call("i32.and", get("run"), int(-4));
      frame.loop("column", end, () => step(0), 4);
    }
    frame.when(call("i32.lt_s", get("column"), get("run")), () => {
      const end = call("i32x4.splat", get("run"));
      const inside = call("i32x4.lt_s", lanes(get("column"), 1), end);
      step(0, frame.set("inside", "v128", inside));
    });
  });
  totals.finish();
  for (let half = vectors / 2; half >= 1; half /= 2) {
    for (let index = 0; index < half; index++) {
      mergeFolds(passes[index], passes[index + half]);
    }
  }
  mergeLanes(passes[0]);
  const first = call("select", get("first"), int(-1), elements.count);
  setMissing(frame, passes[0], first);
  passes[0].finish();
}

/** The sums of a window, in parts, so that few roundings follow each other. */
class Totals {
  /** For each sum the accumulators of all vectors. */
  readonly #parts: readonly (readonly string[])[];

  constructor(readonly frame: WatFrame, passes: readonly FoldPass[]) {
    const all = passes.map((pass) => pass.accumulators());
    this.#parts = all[0].flatMap(({ fold }, index) =>
      fold.operation === "sum"
        ? [all.map((accumulators) => accumulators[index].value)]
        : []
    );
  }

  start(): void {
    if (this.#parts.length === 0) return;
    this.frame.set("added", "i32", int(0));
    for (const [sum] of this.#parts) {
      this.frame.set(`total.${sum}`, "v128", floats(0));
    }
  }

  /** Runs lines for each part of the run, up to `part_end`. */
  forEachPart(body: () => void): void {
    const { frame } = this;
    if (this.#parts.length === 0) {
      frame.set("part_end", "i32", get("whole"));
      return body();
    }
    const count = (elements: Term) =>
      frame.set("added", "i32", add(get("added"), elements));
    frame.repeat(call("i32.lt_s", get("column"), get("whole")), () => {
      frame.when(
        call("i32.ge_u", get("added"), int(PART)),
        () => this.#addParts(),
      );
      const end = smaller(get("whole"), add(get("column"), PART));
      frame.set("part_end", "i32", end);
      count(sub(get("part_end"), get("column")));
      body();
    });
    count(sub(get("run"), get("whole")));
  }

  /** Leaves the totals in the first vector's accumulators. */
  finish(): void {
    if (this.#parts.length === 0) return;
    this.#addParts();
    for (const [sum] of this.#parts) {
      this.frame.set(sum, "v128", get(`total.${sum}`));
    }
  }

  #addParts(): void {
    const { frame } = this;
    frame.set("added", "i32", int(0));
    for (const parts of this.#parts) {
      const total = `total.${parts[0]}`;
      const part = inPairs(parts.map(get));
      frame.set(total, "v128", call("f32x4.add", get(total), part));
      for (const name of parts) frame.set(name, "v128", floats(0));
    }
  }
}

/** The sum of vectors, a power of two of them, in as few steps as it takes. */
function inPairs(vectors: readonly Term[]): Term {
  if (vectors.length === 1) return vectors[0];
  const half = vectors.length / 2;
  return call(
    "f32x4.add",
    inPairs(vectors.slice(0, half)),
    inPairs(vectors.slice(half)),
  );
}
