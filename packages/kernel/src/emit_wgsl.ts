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
} from "./wgsl_module.ts";
import { type WgslPlan, wgslPlan } from "./wgsl_plan.ts";
import { WgslText } from "./wgsl_text.ts";
import { scalarField } from "./wgsl_values.ts";
import { emitWindow } from "./wgsl_window.ts";

const emitted = new WeakMap<Program, Map<string, WgslModule>>();

/**
 * The compute shader of a program: an invocation for each window, a workgroup
 * where windows are long, or, of a gather, an invocation for each element of
 * the input.
 *
 * The text depends on the formula, on how windows lie and on the layout;
 * sizes, scalars and keys of random numbers are arguments of each call (sizes
 * decide only whether windows are long). It is emitted once for each program
 * and kind of windows.
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
 * assert(source.includes("to_y[window] = max_0;"));
 * ```
 */
export function emitWgsl(
  program: Program,
  geometry: Geometry,
  packed: readonly string[] = [],
): WgslModule {
  const plan = wgslPlan(program, geometry, packed);
  const key = JSON.stringify(plan);
  let modules = emitted.get(program);
  if (!modules) emitted.set(program, modules = new Map());
  let module = modules.get(key);
  if (!module) modules.set(key, module = emit(program, plan));
  return module;
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
      .map(({ name, type }) => ({ name, type, use: "read" }) as const),
    ...program.outputs.map(({ name, value }) => {
      const type = value.type === "i32" ? "i32" : "f32";
      return { name, type, use: "write" } as const;
    }),
  ];
  return makeModule({
    comment: `${program.name}: one ${
      plan.shared ? "workgroup" : "invocation"
    } per ${program.kind === "window" ? "window" : "element of the input"}`,
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

const AXES = ["d", "h", "w"];

/** All arguments but a program's scalars and constants. */
const FIELDS: readonly WgslField[] = [
  { name: "invocations", type: "u32" },
  { name: "workgroups", type: "u32" },
  ...[
    "first_item",
    "channels",
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

function perAxis(name: string): string[] {
  return AXES.map((letter) => `${name}_${letter}`);
}

/** What the arguments of one dispatch are made of. */
export interface WgslCall {
  /** The first item that is computed; the tensors are bound from there on. */
  readonly firstItem: number;
  /** Results that are computed, each by an invocation or a workgroup. */
  readonly results: number;
  /** Elements from one tensor to the next where some are packed. */
  readonly packedStep?: number;
  /** The program's numbers by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Key of the random numbers. */
  readonly stream: Stream;
  /** Where the tables begin. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** The arguments of a dispatch by name. */
export function wgslArguments(
  geometry: Geometry,
  call: WgslCall,
): Record<string, number> {
  const values: Record<string, number> = {
    invocations: call.results,
    workgroups: call.results,
    first_item: call.firstItem,
    channels: geometry.channels,
    packed_step: call.packedStep ?? 0,
    ...call.stream,
    ...call.offsets,
  };
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
