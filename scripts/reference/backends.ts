import type { Backend } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { openBackend } from "@rockpool/rockpool";
import { testGpu } from "../test_gpu.ts";

/** Opens backends by name; `interpreter` is one of them here. */
export async function openBackends(
  names: readonly string[],
): Promise<Backend[]> {
  const backends: Backend[] = [];
  for (const name of names) {
    if (name === "interpreter") backends.push(interpreter());
    else if (name === "gpu") backends.push(await testGpu());
    else backends.push(await openBackend(name as "cpu"));
  }
  return backends;
}
