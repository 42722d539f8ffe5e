import type { Backend } from "@rockpool/core";
import { openBackend } from "@rockpool/rockpool";

/** A backend and what to call it before people. */
export interface Place {
  readonly label: string;
  readonly backend: Backend;
}

/** The CPU, and a GPU or what stands in for one; `note` says what is special. */
export async function openPlaces(
  note: (line: string) => void,
): Promise<Place[]> {
  const places = [{ label: "cpu", backend: await openBackend("cpu") }];
  const gpu = await openGpu(note);
  return gpu ? [...places, gpu] : places;
}

async function openGpu(
  note: (line: string) => void,
): Promise<Place | undefined> {
  try {
    return { label: "gpu", backend: await openBackend("gpu") };
  } catch (error) {
    note(`No GPU: ${(error as Error).message}`);
  }
  try {
    const backend = await openBackend("gpu", { adapter: "software" });
    note("A driver in software stands in: its times say nothing about a GPU");
    return { label: "gpu (software)", backend };
  } catch (error) {
    note(`No driver in software either: ${(error as Error).message}`);
    return undefined;
  }
}
