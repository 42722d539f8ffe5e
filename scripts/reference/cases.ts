import type { Tensor } from "@rockpool/core";
import { decodeNpy } from "@rockpool/cli/npy";

/** One reference case as its manifest has it; files are relative to it. */
export interface ReferenceCase {
  readonly id: string;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly gradOutput?: string;
  readonly gradInputs?: Readonly<Record<string, string>>;
  readonly rtol: number;
  readonly atol: number;
  readonly notes?: string;
  readonly tags?: readonly string[];
}

/** The folder of the cases that the repository brings along. */
export const REFERENCE_FOLDER: URL = new URL("./cases/", import.meta.url);

/** The cases of a folder. */
export async function readManifest(folder: URL): Promise<ReferenceCase[]> {
  const text = await Deno.readTextFile(new URL("manifest.json", folder));
  return JSON.parse(text);
}

/** The tensors of some files, by the same names. */
export async function readTensors(
  folder: URL,
  files: Readonly<Record<string, string>> = {},
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, file] of Object.entries(files)) {
    tensors[name] = decodeNpy(await Deno.readFile(new URL(file, folder)));
  }
  return tensors;
}
