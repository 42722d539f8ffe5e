import type { Context, OptionRule } from "@rockpool/core";

/** The rule for `training`, of operators that draw. */
export const trainingRule: OptionRule<boolean | null> = {
  kind: "boolean",
  nullable: true,
  default: null,
  help: "whether to draw; null is to draw in a session that trains",
};

/**
 * Whether an operator draws in this call: what its option says, or else what
 * the session runs for.
 */
export function isTraining(
  { mode }: Pick<Context, "mode">,
  { training }: { readonly training: boolean | null },
): boolean {
  return training ?? mode === "train";
}
