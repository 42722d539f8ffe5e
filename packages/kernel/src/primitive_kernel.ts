/**
 * What does the work of a primitive that only some operators need.
 *
 * With all of them an application of one operator would be a sixth larger.
 * Since they come from operators, only those have them that use them.
 */
export interface PrimitiveKernel<Run> {
  /** A name for messages. */
  readonly name: string;
  /** Checks a call and runs it on any device. */
  readonly run: Run;
}

/**
 * What a kernel runs a call with.
 *
 * @throws {TypeError} where it is no such kernel
 */
export function runOf<Run>(
  kernel: { readonly name: string } | undefined,
  primitive: string,
): Run {
  const { run } = (kernel ?? {}) as Partial<PrimitiveKernel<Run>>;
  if (typeof run === "function") return run;
  throw new TypeError(
    `Cannot run ${primitive} without its kernel: ${primitive}Kernel of @rockpool/kernel is needed`,
  );
}
