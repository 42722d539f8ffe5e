import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import type { Stream } from "./threefry.ts";
import { emitGather } from "./wgsl_gather.ts";
import {
  makeModule,
  type WgslBody,
  type WgslField,
  type WgslModule,
  type WgslTensor,
  WORKGROUP_SIZE,
} from "./wgsl_module.ts";
import { type WgslPlan, wgslPlan } from "./wgsl_plan.ts";
import { WgslText } from "./wgsl_text.ts";
import { stagesOf } from "./wgsl_team.ts";
import { wordsOfParts } from "./wgsl_team_window.ts";
import {
  invocationsOf,
  vectorsAlong,
  widthOf,
  windowsOf,
} from "./wgsl_work.ts";
import { scalarField } from "./wgsl_values.ts";
import { tilesAlong } from "./wgsl_tile.ts";
import { LANES } from "./wgsl_vector.ts";
import { emitWindow } from "./wgsl_window.ts";

const emitted = new WeakMap<Program, Map<string, WgslProgram>>();

/** The same by windows, so that the same windows need no plan again. */
const planned = new WeakMap<Program, WeakMap<Geometry, WgslProgram>>();

/** The compute shader of a program over windows. */
export interface WgslProgram extends WgslModule {
  /** What the text depends on besides the formula. */
  readonly plan: WgslPlan;
  /** Shaders that the program takes, this one included, which is the first. */
  readonly stages: readonly WgslProgram[];
  /** Words of the buffer `found` for each window, or vector of windows. */
  readonly foundWords: number;
}

/**
 * The compute shader of a program, or the first of several (`stages`): an
 * invocation for each window or, of a gather, for each element of the input,
 * or for four of them, or a team of invocations where windows are long.
 *
 * The text depends on the formula, on how windows lie and on the layout;
 * sizes, scalars and keys of random numbers are arguments of each call (sizes
 * decide only who computes what). It is emitted once for each program, kind of
 * windows and schedule.
 *
 * A device may bind fewer buffers than a program reads. `packed` are names of
 * float32 tensors with one number per window that lie behind each other in one
 * buffer, whose use is `packed`.
 *
 * @throws {TypeError} where the program cannot be said in WGSL, or what is to be
 * packed is no such tensor
 *
 * @example The text of a maximum
 * ```ts
 * import { emitWgsl, programsOf, slide, windowKernel } from "@rockpool/kernel";
 * import { assert } from "@std/assert";
 *
 * const max = windowKernel("max", ["x"], ({ x }, fold) => fold.max(x));
 * const windows = slide([1, 3, 8, 8], { kernelSize: 2 });
 * const { source } = emitWgsl(programsOf(max).infer, windows);
 * assert(source.includes("to_y[window / 4] = max_0;"));
 * ```
 */
export function emitWgsl(
  program: Program,
  geometry: Geometry,
  packed: readonly string[] = [],
): WgslProgram {
  const ofWindows = planned.get(program) ?? new WeakMap();
  planned.set(program, ofWindows);
  const known = packed.length === 0 ? ofWindows.get(geometry) : undefined;
  if (known) return known;
  const plan = wgslPlan(program, geometry, packed);
  const key = JSON.stringify(plan);
  let modules = emitted.get(program);
  if (!modules) emitted.set(program, modules = new Map());
  let module = modules.get(key);
  if (!module) modules.set(key, module = emitStages(program, plan));
  if (packed.length === 0) ofWindows.set(geometry, module);
  return module;
}

/** All shaders of a program; the first of them knows the others. */
function emitStages(program: Program, plan: WgslPlan): WgslProgram {
  const { schedule } = plan;
  const stages: WgslProgram[] = [];
  const count = schedule.kind === "team" ? stagesOf(program, schedule) : 1;
  for (let stage = 0; stage < count; stage++) {
    const staged = schedule.kind === "team"
      ? { ...plan, schedule: { ...schedule, stage } }
      : plan;
    const module = emit(program, staged);
    const foundWords = schedule.kind === "team"
      ? wordsOfParts(program, schedule)
      : 0;
    stages.push({ ...module, plan: staged, stages, foundWords });
  }
  return stages[0];
}

function emit(program: Program, plan: WgslPlan): WgslModule {
  const text = new WgslText();
  const body = program.kind === "window" ? emitWindow : emitGather;
  const { constants, workgroup }: WgslBody = body(text, program, plan);
  for (const packed of plan.packed) {
    const leaf = program.tensors.find(({ name }) => name === packed);
    if (leaf?.role === "perWindow" && leaf.type === "f32") continue;
    throw new TypeError(
      `Cannot pack ${packed} of ${program.name}: it is no float32 tensor with a number per window`,
    );
  }
  const tensors: WgslTensor[] = [
    ...program.tensors.filter(({ name }) => !plan.packed.includes(name))
      .map(({ name, type, role }): WgslTensor => ({
        name,
        type,
        use: "read",
        width: widthOf(program, plan, role),
      })),
    ...program.outputs.map(({ name, value }) => {
      const type = value.type === "i32" ? "i32" : "f32";
      const width = widthOf(program, plan, "result");
      return { name, type, use: "write", width } as const;
    }),
  ];
  return makeModule({
    comment: `${program.name}: ${commentOf(program, plan)}`,
    tensors,
    fields: [
      ...FIELDS,
      ...program.scalars.map((name): WgslField => ({
        name: scalarField(name),
        type: "f32",
      })),
      ...constants,
    ],
    body: String(text),
    workgroup,
  });
}

/** Who computes what, in words. */
function commentOf({ kind }: Program, { schedule }: WgslPlan): string {
  const result = kind === "window" ? "window" : "element of the input";
  switch (schedule.kind) {
    case "single":
      return `one invocation per ${result}`;
    case "channels":
      return `one invocation per four channels of a ${result}`;
    case "lanes":
      return `one invocation per four ${
        kind === "window" ? "windows" : "elements of the input"
      } along ${schedule.letter}`;
    case "tile":
      return `one workgroup per ${schedule.results.join(" × ")} ${
        kind === "window" ? "windows" : "elements of the input"
      }`;
    case "team":
      return `${schedule.members} invocations per ${
        schedule.vectors === "results" ? "four channels of a window" : result
      }${
        schedule.parts > 1
          ? `, of each of ${schedule.parts} workgroups, shader ${
            schedule.stage + 1
          }`
          : ""
      }`;
  }
}

const AXES = ["d", "h", "w"];

/** All arguments but a program's scalars and constants. */
const FIELDS: readonly WgslField[] = [
  { name: "invocations", type: "u32" },
  { name: "workgroups", type: "u32" },
  ...[
    "first_item",
    "channels",
    "channel_vectors",
    "vectors",
    "windows",
    "tiles_h",
    "tiles_w",
    "packed_step",
    ...["input", "output", "window"].flatMap(perAxis),
    "sources",
    "reader_starts",
    "readers",
    ...["starts", "counts", "firsts", "lasts"].flatMap(perAxis),
  ].map((name): WgslField => ({ name, type: "i32" })),
  { name: "seed", type: "u32" },
  { name: "stream", type: "u32" },
  { name: "infinity", type: "f32", value: Infinity },
  { name: "nan", type: "f32", value: NaN },
];

function tilesOf(
  program: Program,
  { schedule }: WgslPlan,
  geometry: Geometry,
): Record<string, number> {
  if (schedule.kind !== "tile") return {};
  const [tiles_h, tiles_w] = tilesAlong(program, schedule, geometry);
  return { tiles_h, tiles_w };
}

function perAxis(name: string): string[] {
  return AXES.map((letter) => `${name}_${letter}`);
}

/** What the arguments of one dispatch are made of. */
export interface WgslCall {
  /** The first item that is computed; the tensors are bound from there on. */
  readonly firstItem: number;
  /** Items that are computed. */
  readonly items: number;
  /** Elements from one tensor to the next where some are packed. */
  readonly packedStep?: number;
  /** The program's numbers by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Key of the random numbers. */
  readonly stream: Stream;
  /** Where the tables begin. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** Bytes of the buffer `found` of a program, for so many items of a batch. */
export function foundBytes(
  { foundWords, plan }: WgslProgram,
  geometry: Geometry,
  items: number,
): number {
  return 4 * foundWords * windowsOf(plan.schedule, geometry, items);
}

/** The arguments of a dispatch by name; it has so many `invocations`. */
export function wgslArguments(
  program: Program,
  plan: WgslPlan,
  { geometry, call }: {
    readonly geometry: Geometry;
    readonly call: WgslCall;
  },
): Record<string, number> & { readonly invocations: number } {
  const { items } = call;
  const invocations = invocationsOf(program, plan, { geometry, items });
  const values = {
    invocations,
    workgroups: invocations / WORKGROUP_SIZE,
    first_item: call.firstItem,
    channels: geometry.channels,
    channel_vectors: geometry.channels / LANES,
    vectors: vectorsAlong(program, plan, geometry),
    windows: windowsOf(plan.schedule, geometry, items),
    ...tilesOf(program, plan, geometry),
    packed_step: call.packedStep ?? 0,
    ...call.stream,
    ...call.offsets,
  } as Record<string, number> & { readonly invocations: number };
  for (const [a, letter] of AXES.entries()) {
    values[`input_${letter}`] = geometry.input[a];
    values[`output_${letter}`] = geometry.output[a];
    values[`window_${letter}`] = geometry.axes[a].size;
  }
  for (const [name, value] of Object.entries(call.scalars)) {
    values[scalarField(name)] = value;
  }
  return values;
}
