/**
 * Where the threads of the copy find each other: 32-bit words at the memory's
 * beginning, in cache lines of their own. Indices count words.
 */
export const COPY_WORDS = {
  /** Changes when there is work. */
  generation: 0,
  /** The next row that nobody has taken; `copy.wat` counts it up. */
  next: 16,
  /** Workers that wait for work. */
  ready: 32,
  /** 1 once the workers are to end: terminate() does not wake them. */
  stop: 48,
} as const;

/** The first address that data may have. */
export const COPY_DATA = 4096;
