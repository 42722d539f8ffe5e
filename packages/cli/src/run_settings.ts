import { validateOptions } from "@rockpool/core";
import { UsageError } from "./arguments.ts";
import type { FlagValues } from "./run_files.ts";
import { type RunSettings, settingRules } from "./run_flags.ts";

/**
 * How to run, from the flags: defaults filled in, and checked against each
 * other.
 *
 * @throws {UsageError} where two flags contradict each other
 * @throws {TypeError} | {RangeError} for a value outside its range
 */
export function chooseSettings(values: FlagValues): RunSettings {
  const backward = values["grad-output"] !== undefined;
  const settings = validateOptions(settingRules, {
    ...backward ? { "session-mode": "train" } : {},
    ...pick(values, Object.keys(settingRules)),
  });
  const { backend } = settings;
  if (backend !== "cpu" && settings.threads !== null) {
    throw new UsageError(
      `--threads is for --backend cpu, but the backend is ${backend}`,
    );
  }
  if (backend !== "gpu" && settings.adapter !== "default") {
    throw new UsageError(
      `--adapter is for --backend gpu, but the backend is ${backend}`,
    );
  }
  if (backward && settings["session-mode"] === "infer") {
    throw new UsageError(
      "--grad-output needs --session-mode train, but it is infer",
    );
  }
  if (settings.json && settings["print-kernel"] !== "none") {
    throw new UsageError(
      "--json and --print-kernel both print to the standard output: choose one",
    );
  }
  return settings;
}

/** The values of some flags, where they are given. */
function pick(
  values: FlagValues,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => names.includes(name)),
  );
}
