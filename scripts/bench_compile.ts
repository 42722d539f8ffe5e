/**
 * Times the way from a formula to a kernel that is ready to run, step by step,
 * for every program of some operators, and prints a table:
 * `deno run -A scripts/bench_compile.ts [--repeats N]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { average } from "@rockpool/average";
import { table } from "@rockpool/cli/table";
import { type Session, sizeOf, type Value } from "@rockpool/core";
import { detailPreserving } from "@rockpool/detail-preserving";
import { globalAverage } from "@rockpool/global-average";
import {
  emitWat,
  type Geometry,
  interpreter,
  type Program,
  programsOf,
  WindowKernel,
} from "@rockpool/kernel";
import { localImportance } from "@rockpool/local-importance";
import { max } from "@rockpool/max";
import { powerAverage } from "@rockpool/power-average";
import { soft } from "@rockpool/soft";
import compile from "watr/compile";
import { median } from "./bench/turns.ts";

/** What is compiled: the kernels that these runs ask for. */
const SHAPE = [2, 8, 16, 16];
const sliding = { kernelSize: 3, stride: 2, padding: 1 };
const RUNS: readonly ((session: Session, x: Value) => unknown)[] = [
  (session, x) => session.run(max, { x }, { options: sliding }),
  (session, x) => session.run(average, { x }, { options: sliding }),
  (session, x) => session.run(soft, { x }, { options: sliding }),
  (session, x) =>
    session.run(powerAverage, { x }, {
      options: { ...sliding, padding: 0, normType: 2 },
    }),
  (session, x) => session.run(globalAverage, { x }),
  (session, x) =>
    session.run(localImportance, { x } as { x: Value; logit: Value }, {
      options: { logit: "simplified" },
    }),
  (session, x) =>
    session.run(detailPreserving, { x }, {
      options: { kernelSize: 2, guide: "full" },
    }),
];

/** Each step's time in milliseconds. */
type Times = Readonly<Record<"derive" | "emit" | "assemble" | "load", number>>;

const { values } = parseArgs({
  options: { repeats: { type: "string", default: "9" } },
});
const repeats = Number(values.repeats);
const memory = new WebAssembly.Memory({
  initial: 2,
  maximum: 65536,
  shared: true,
});

const found = RUNS.flatMap((run) => [...windowsOf(run)]);
// Engines take some rounds to make code of their own of what is timed.
for (let round = 0; round < 4; round++) found.forEach(timeAll);
const rows = [[
  "program",
  "bytes",
  "derive, ms",
  "emit, ms",
  "assemble, ms",
  "load, ms",
  "all, ms",
]];
for (const pair of found) {
  const rounds = Array.from({ length: repeats }, () => timeAll(pair));
  for (const [index, { name, bytes }] of rounds[0].entries()) {
    const of = (step: keyof Times) =>
      median(rounds.map((round) => round[index].times[step]));
    const steps = [of("derive"), of("emit"), of("assemble"), of("load")];
    const all = steps.reduce((sum, time) => sum + time);
    const cells = [...steps, all].map((time) => time.toFixed(2));
    rows.push([name, String(bytes), ...cells]);
  }
}
console.log(table(rows));

/** The kernels that a run asks for, each with its windows. */
function windowsOf(
  run: (session: Session, x: Value) => unknown,
): Map<WindowKernel, Geometry> {
  const pairs = new Map<WindowKernel, Geometry>();
  using session = interpreter().session({ mode: "train" });
  const window = session.window.bind(session);
  session.window = (kernel, bindings, windows) => {
    pairs.set(kernel as WindowKernel, windows as Geometry);
    return window(kernel, bindings, windows);
  };
  const data = new Float32Array(sizeOf(SHAPE));
  run(session, session.upload({ shape: SHAPE, data }));
  return pairs;
}

/** Times all programs of a kernel, which is made anew. */
function timeAll(
  [kernel, windows]: readonly [WindowKernel, Geometry],
): { name: string; bytes: number; times: Times }[] {
  const { name, inputs, leaves, outputs } = kernel;
  const copy = new WindowKernel(name, inputs, leaves, outputs);
  const start = performance.now();
  const { infer, train, carry, gradients } = programsOf(copy);
  const derive = performance.now() - start;
  const programs = [infer, train, ...gradients.map(({ program }) => program)];
  return [...programs, ...carry ? [carry] : []]
    .map((program) => timeProgram(program, { windows, derive }));
}

function timeProgram(
  program: Program,
  { windows, derive }: { windows: Geometry; derive: number },
): { name: string; bytes: number; times: Times } {
  const start = performance.now();
  const { text } = emitWat(program, windows);
  const emitted = performance.now();
  const bytes: Uint8Array<ArrayBuffer> = compile(text);
  const assembled = performance.now();
  const module = new WebAssembly.Module(bytes);
  new WebAssembly.Instance(module, { env: { memory } });
  const loaded = performance.now();
  return {
    name: program.name,
    bytes: bytes.length,
    times: {
      derive,
      emit: emitted - start,
      assemble: assembled - emitted,
      load: loaded - assembled,
    },
  };
}
