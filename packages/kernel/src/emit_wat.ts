import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import { Channels } from "./wat_channels.ts";
import { emitChannelsGather } from "./wat_channels_gather.ts";
import { emitChannelsWindow } from "./wat_channels_window.ts";
import { Columns } from "./wat_columns.ts";
import { emitColumnsGather } from "./wat_columns_gather.ts";
import { emitColumnsWindow } from "./wat_columns_window.ts";
import { Elements } from "./wat_elements.ts";
import { emitElementsGather } from "./wat_elements_gather.ts";
import { emitElementsWindow } from "./wat_elements_window.ts";
import { moduleText } from "./wat_fixed.ts";
import { programFrame } from "./wat_frame.ts";
import { mathFunctions } from "./wat_math.ts";
import { emitRollingWindow } from "./wat_rolling.ts";
import { emitStripsGather } from "./wat_strips_gather.ts";
import { emitStripsWindow } from "./wat_strips.ts";
import { emitTablesWindow } from "./wat_tables_window.ts";
import { emitSharedRows, sharesRows } from "./wat_shared_rows.ts";
import { emitScatter } from "./wat_scatter.ts";
import { type WatPlan, watPlan } from "./wat_plan.ts";

/** What a kernel may use of the machine. */
export interface WatOptions {
  /** Whether the memory is shared among threads; true by default. */
  readonly shared?: boolean;
  /** Whether products are added without being rounded; false by default. */
  readonly fused?: boolean;
}

/** A kernel as WebAssembly text, and what its host must know. */
export interface WatKernel {
  /**
   * The module: it imports `env.memory` and exports `run(arguments, begin,
   * end)`, which works on some of the rows; where a thread has memory to itself
   * ({@linkcode threadBuffers}) a fourth number is that of the thread.
   */
  readonly text: string;
  /** The names of the 4-byte fields of the block `arguments`, in order. */
  readonly fields: readonly string[];
  /** How it runs. */
  readonly plan: WatPlan;
}

/** What a kernel's text depends on besides the program. */
export function watKey(program: Program, geometry: Geometry): string {
  return JSON.stringify(watPlan(program, geometry));
}

/**
 * A program as WebAssembly text, specialised on the windows' sizes, strides,
 * padding and dilation, and on the layout; lengths stay arguments.
 */
export function emitWat(
  program: Program,
  geometry: Geometry,
  options: WatOptions = {},
): WatKernel {
  const { shared = true, fused = false } = options;
  const plan = watPlan(program, geometry);
  const frame = programFrame(program, fused);
  if (plan.schedule === "rolling") {
    emitRollingWindow(new Columns(frame, program, plan));
  } else if (plan.schedule === "strips") {
    const columns = new Columns(frame, program, plan);
    if (program.kind === "window") emitStripsWindow(columns);
    else emitStripsGather(columns);
  } else if (plan.schedule === "tables") {
    emitTablesWindow(new Columns(frame, program, plan));
  } else if (plan.schedule === "scatter") {
    emitScatter(frame, program, plan);
  } else if (plan.schedule === "columns") {
    const columns = new Columns(frame, program, plan);
    if (program.kind === "window") emitColumnsWindow(columns);
    else if (sharesRows(program, plan)) emitSharedRows(columns);
    else emitColumnsGather(columns);
  } else if (plan.schedule === "elements") {
    const elements = new Elements(frame, program, plan);
    if (program.kind === "window") emitElementsWindow(elements);
    else emitElementsGather(elements);
  } else {
    const channels = new Channels(frame, program, plan);
    if (program.kind === "window") emitChannelsWindow(channels);
    else emitChannelsGather(channels);
  }
  const body = frame.frameText();
  const text = moduleText([
    ...mathFunctions(body, fused),
    body,
  ], {
    shared,
    comment:
      `${program.name}: ${program.kind} program, schedule ${plan.schedule}`,
  });
  return { text, fields: frame.fields, plan };
}
