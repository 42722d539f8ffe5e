import type { Backend } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { openBackend } from "@rockpool/rockpool";
import type { RunSettings } from "./run_flags.ts";

/**
 * Opens the backend that the settings name.
 *
 * @throws {Error} where this machine has no such backend
 */
export async function openChosenBackend(
  { backend, threads, adapter }: RunSettings,
): Promise<Backend> {
  switch (backend) {
    case "cpu":
      return await openBackend("cpu", threads === null ? {} : { threads });
    case "gpu":
      return await openBackend("gpu", { adapter });
    case "interpreter":
      return interpreter();
  }
}
