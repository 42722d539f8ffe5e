import {
  type Geometry,
  placesRing,
  type Program,
  rowBuffer,
  rowBufferBytes,
  rowsCase,
} from "@rockpool/kernel";

/** Memory for the rows that a kernel folds, and what it must know of it. */
export interface RowBuffers {
  /** Bytes for all threads. */
  readonly bytes: number;
  /** The kernel's arguments. */
  readonly fields: Readonly<Record<string, number>>;
}

/** The buffers of each thread for the rows that a program folds. */
export function rowBuffers(
  program: Program,
  geometry: Geometry,
  { threads, keptRows }: { threads: number; keptRows: number },
): RowBuffers {
  const bytes = rowBufferBytes(geometry);
  const own = bytes * rowsCase(program)!.folds.length * (1 + keptRows);
  return {
    bytes: own * threads,
    fields: {
      buffers_bytes: own,
      buffer_bytes: bytes,
      buffer_before: rowBuffer(geometry).before,
    },
  };
}

/** The rings of each thread for the rows whose places a kernel keeps. */
export function placeBuffers(
  geometry: Geometry,
  { parts, threads }: { parts: number; threads: number },
): RowBuffers {
  const bytes = placesRing(geometry, parts);
  return { bytes: bytes * threads, fields: { buffers_bytes: bytes } };
}
