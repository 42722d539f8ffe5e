/**
 * Where main thread and workers find each other: 32-bit words at a fixed place
 * of the shared memory. Indices count words.
 */
export const CONTROL = {
  /** Changes when there is a new job, or when workers are to end. */
  generation: 256,
  /** Chunks of the job that are not finished. */
  unfinished: 257,
  /** Workers that have started. */
  ready: 258,
  /** 1 once the workers are to end. */
  stop: 259,
  /** The number of a kernel, its module's address and length. */
  kernel: 260,
  moduleAddress: 261,
  moduleLength: 262,
  /** The address of the kernel's arguments. */
  arguments: 263,
  /** The job's number of rows, and of those in a chunk. */
  rows: 264,
  chunk: 265,
  /** Chunks that no thread has taken yet; the last one is taken first. */
  left: 266,
  /** Workers that failed in this job. */
  failed: 267,
} as const;

/** The address of the block of a kernel's arguments. */
export const ARGUMENTS_ADDRESS = 4096;

/** The most arguments that the block holds. */
export const MAX_ARGUMENTS = 1024;

/** The first address of the heap; below it lie control words and arguments. */
export const HEAP_ADDRESS = 65536;
