import { foldPasses, valuesOf } from "./program.ts";
import type { Elements } from "./wat_elements.ts";
import { setMissing } from "./wat_elements_missing.ts";
import { address, lanes, VectorEvaluator } from "./wat_expression.ts";
import { mergeFolds, namesOf } from "./wat_fold_merge.ts";
import { FoldPass } from "./wat_folds.ts";
import { load, loadSplat, resultField, tensorField } from "./wat_frame.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  splatFloat,
  sub,
} from "./wat_text.ts";
import { transposed } from "./wat_transposed.ts";

/** Planes that are folded at a time: the lanes of a vector of results. */
const PLANES = [0, 1, 2, 3];

/**
 * Folds planes that are windows, four at a time: the work that follows the last
 * element is then done once for all of them. Goes on where fewer are left.
 */
export function emitElementsPlanes(elements: Elements): void {
  const { frame, program } = elements;
  const [folds] = foldPasses(program.outputs);
  const size = frame.field("in_plane");
  const passes = PLANES.map((plane) => {
    const values = valuesOf(program);
    const evaluator = new VectorEvaluator(frame, values, `.${plane}`);
    return new FoldPass(evaluator, folds);
  });
  const inputs = program.tensors.filter(({ role }) => role === "element");
  frame.set("whole", "i32", call("i32.and", size, int(-4)));
  const inside = call(
    "i32x4.lt_s",
    lanes(get("whole"), 1),
    call("i32x4.splat", size),
  );
  frame.set("inside", "v128", inside);
  frame.loop("to", sub(get("end"), 3), () => {
    for (const [plane, { evaluator }] of passes.entries()) {
      const to = add(get("to"), plane);
      for (const { name } of inputs) {
        const at = address(tensorField(name), mul(to, size));
        frame.set(`${name}.plane${plane}`, "i32", at);
      }
      const one = (name: string) => loadSplat(address(tensorField(name), to));
      evaluator.nextVector();
      evaluator.place = {
        ...elements.place(),
        element: (name) =>
          load(add(get(`${name}.plane${plane}`), get("offset"))),
        perWindow: one,
        plane: one,
        count: () => splatFloat(size),
      };
      evaluator.prepare(folds.flatMap(({ operands }) => operands));
    }
    for (const pass of passes) pass.start();
    frame.set("position", "i32", int(0));
    frame.set("column", "i32", int(0));
    elements.setPositions();
    const step = (mask?: string) => {
      frame.set("offset", "i32", bytes(get("column")));
      for (const pass of passes) {
        pass.evaluator.nextElement();
        pass.step({ mask, first: false });
      }
    };
    frame.loop("column", get("whole"), () => {
      step();
      elements.nextPositions();
    }, 4);
    frame.when(call("i32.lt_s", get("whole"), size), () => step(get("inside")));
    emitResults(elements, passes);
  }, 4);
}

/** Merges what four planes were folded to, and stores a vector of results. */
function emitResults(elements: Elements, planes: readonly FoldPass[]): void {
  const { frame, program, evaluator } = elements;
  const [{ folds }] = planes;
  const size = frame.field("in_plane");
  const parts = PLANES.map((lane) =>
    new FoldPass(evaluator, folds, undefined, `.part${lane}`)
  );
  const from = planes.map(namesOf);
  const to = parts.map(namesOf);
  for (const index of from[0].keys()) {
    const rows = from.map((own) => get(own[index]));
    for (const [lane, column] of transposed(frame, "merged", rows).entries()) {
      frame.set(to[lane][index], "v128", column());
    }
  }
  mergeFolds(parts[0], parts[1]);
  mergeFolds(parts[2], parts[3]);
  mergeFolds(parts[0], parts[2]);
  setMissing(frame, parts[0], int(0));
  evaluator.nextVector();
  const some = (name: string) => load(address(tensorField(name), get("to")));
  evaluator.place = {
    ...elements.place(),
    perWindow: some,
    plane: some,
    count: () => splatFloat(size),
  };
  parts[0].finish();
  for (const { name, value } of program.outputs) {
    const vector = evaluator.evaluate(value);
    frame.line(
      call("v128.store", address(resultField(name), get("to")), vector),
    );
  }
}
