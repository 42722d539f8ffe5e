import type { GpuCase } from "./gpu_case.ts";

/** What was measured of a case; times are medians of a call in milliseconds. */
export interface GpuRow {
  readonly case: string;
  readonly op: string;
  readonly direction: GpuCase["direction"];
  /** Between timestamps of the device; null where it has none. */
  readonly kernel_ms: number | null;
  /** Many calls, submitted together, up to the end of the last. */
  readonly batched_ms: number;
  /** One call with the upload of its inputs and the reading of its results. */
  readonly end_to_end_ms: number;
  /** Bytes that the call must read and write at least. */
  readonly bytes: number;
  /** A kernel that copies as many bytes, as the kernel's time or, without
   * timestamps, as the batched time. */
  readonly copy_ms: number;
}

/** Bytes that move in a second, in units of 10⁹. */
export function bandwidthOf(row: GpuRow): number {
  return row.bytes / timeOf(row) / 1e6;
}

/** How much of a copy kernel's bandwidth the call reaches; 1 is all of it. */
export function shareOfCopy(row: GpuRow): number {
  return row.copy_ms / timeOf(row);
}

function timeOf({ kernel_ms, batched_ms }: GpuRow): number {
  return kernel_ms ?? batched_ms;
}

/** Rows as the cells of a table, the head first. */
export function gpuTable(rows: readonly GpuRow[]): string[][] {
  const head = [
    "case",
    "direction",
    "kernel, ms",
    "batched, ms",
    "end to end, ms",
    "GB/s",
    "share of copy",
  ];
  return [
    head,
    ...rows.map((row) => [
      row.case,
      row.direction,
      row.kernel_ms?.toFixed(3) ?? "no timestamps",
      row.batched_ms.toFixed(3),
      row.end_to_end_ms.toFixed(2),
      bandwidthOf(row).toFixed(0),
      `${Math.round(100 * shareOfCopy(row))} %`,
    ]),
  ];
}
