import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import { rowBuffer, rowBufferBytes, rowsCase } from "./wat_channels_plan.ts";
import { placesRing } from "./wat_channels_places.ts";
import { sharedRowBuffers, sharesRows } from "./wat_shared_rows.ts";
import type { WatPlan } from "./wat_plan.ts";
import { foldsAlone, keptVectors, rollingCase } from "./wat_rolling_folds.ts";

/** The memory that each thread has to itself while it runs a kernel. */
export interface ThreadBuffers {
  /** Its bytes: 0 where the kernel needs none. */
  readonly bytes: number;
  /** The kernel's arguments that say how it is divided. */
  readonly fields: Readonly<Record<string, number>>;
}

/** The windows that a program runs over, and how they are divided. */
export interface ThreadWork {
  /** The windows. */
  readonly geometry: Geometry;
  /** The parts that the channels of an item are divided into. */
  readonly parts: number;
}

/** What a thread keeps while a program runs over some windows. */
export function threadBuffers(
  plan: WatPlan,
  program: Program,
  { geometry, parts }: ThreadWork,
): ThreadBuffers {
  if (plan.keepsPlaces) {
    return { bytes: placesRing(geometry, parts), fields: {} };
  }
  if (plan.foldsRows) {
    const bytes = rowBufferBytes(geometry);
    const { folds } = rowsCase(program)!;
    return {
      bytes: bytes * folds.length * (1 + plan.keptRows),
      fields: {
        buffer_bytes: bytes,
        buffer_before: rowBuffer(geometry).before,
      },
    };
  }
  if (plan.schedule === "rolling") {
    // As many rows as windows have, and one that changes nothing.
    const rows = plan.axes[1].size + 1;
    const vectors = keptVectors(rollingCase(program)!.folds) *
      Math.ceil(geometry.output[2] / 4);
    return { bytes: wholeLines(16 * rows * vectors), fields: {} };
  }
  if (sharesRows(program, plan)) {
    const { input, output } = geometry;
    const sizes = { columns: input[2], windows: output[2] };
    const { row, all } = sharedRowBuffers(plan, sizes);
    return { bytes: wholeLines(all), fields: { shared_bytes: row } };
  }
  if (plan.schedule === "strips") {
    // A window's last vector may reach beyond the row by what a window has.
    const length = geometry.input[2] + geometry.axes[2].size + 8;
    const bytes = wholeLines(4 * length);
    const vectors = program.kind === "window"
      ? keptVectors(foldsAlone(program.outputs)!)
      : 1;
    return { bytes: bytes * vectors, fields: { strip_bytes: bytes } };
  }
  return { bytes: 0, fields: {} };
}

/** So many bytes in cache lines, so that threads share none. */
function wholeLines(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}
