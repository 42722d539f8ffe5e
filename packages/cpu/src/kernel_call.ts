import {
  channelParts,
  type Geometry,
  type Program,
  threadBuffers,
  volume,
} from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import { KernelArguments } from "./kernel_arguments.ts";
import type { CompiledKernel } from "./kernel_cache.ts";
import { type TableBlock, tableBlock } from "./table_blocks.ts";
import type { Job, ThreadPool } from "./thread_pool.ts";
import { workOf } from "./work_of.ts";

/**
 * Work below which one thread is done before two have agreed on who does what.
 * Measured on two cores whose worker is awake: two threads take 3 µs longer for
 * max 2×2/2 of 16 planes of 40×40, and are faster from 80×80 on, 8 µs of work;
 * for soft, which takes thirteen times as long, from 20×20 on.
 */
const PARALLEL_WORK = 65_536;

/** A program's kernel and windows: what is the same in all calls of both. */
export class KernelCall {
  /** What threads divide among themselves. */
  readonly job: Job;
  /** Whether it is worth more than one thread. */
  readonly parallel: boolean;
  /** What the kernel is given. */
  readonly arguments: KernelArguments;
  /** What it reads of the windows. */
  readonly tables: TableBlock;
  /** Bytes behind the tables that threads have to themselves. */
  readonly bufferBytes: number;
  /** The windows of tensors that are transposed for them, where that pays. */
  readonly transposed: Geometry | undefined;

  constructor(
    kernel: CompiledKernel,
    { program, geometry, pool }: {
      readonly program: Program;
      readonly geometry: Geometry;
      readonly pool: ThreadPool | undefined;
    },
  ) {
    const { id, module, run, fields, plan } = kernel;
    const threads = pool?.threads ?? 1;
    const whole = rowsOf(kernel, geometry);
    const parts = fields.includes("parts")
      ? channelParts(geometry.channels, { rows: whole, threads })
      : 1;
    const rows = whole * parts;
    const argumentsAddress = ARGUMENTS_ADDRESS;
    this.job = { kernel: id, module, run, argumentsAddress, rows };
    this.parallel = rows > 1 && workOf(program, geometry) >= PARALLEL_WORK;
    this.tables = tableBlock(geometry, fields);
    const buffers = threadBuffers(plan, program, { geometry, parts });
    this.bufferBytes = threads * buffers.bytes;
    this.arguments = new KernelArguments(fields, {
      geometry,
      tables: this.tables,
      known: { parts, buffers_bytes: buffers.bytes, ...buffers.fields },
    });
    this.transposed = geometry.transposing?.pays(plan, program, geometry)
      ? Object.freeze({ ...geometry, layout: "NHWC" })
      : undefined;
  }
}

/** How many rows a kernel has to work on. */
function rowsOf(
  { kind, plan }: CompiledKernel,
  { input, output, items, inputItems, channels }: Geometry,
): number {
  const [space, batch] = kind === "gather"
    ? [input, inputItems]
    : [output, items];
  const [depth, height] = plan.block ?? [1, 1];
  const lines = Math.ceil(space[0] / depth) * Math.ceil(space[1] / height);
  switch (plan.schedule) {
    case "scatter":
      return plan.channelsLast ? batch : batch * channels;
    case "columns":
    case "rolling":
    case "tables":
      return batch * channels * lines;
    case "strips":
      // A gather works on a plane.
      return batch * channels * (kind === "gather" ? 1 : lines);
    case "channels":
      return plan.keepsPlaces ? batch : batch * lines;
    case "elements":
      // So it does here, all of whose windows may be one.
      return batch * channels * (kind === "gather" ? 1 : volume(space));
  }
}
