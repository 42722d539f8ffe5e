import {
  type Files,
  readTarball,
  setText,
  textOf,
  writeTarball,
} from "../pack/tarball.ts";
import type { Manifest } from "../pack/manifest.ts";

/** How a package is made another version of itself. */
export interface Variant {
  /** The folder that its tarball is written to. */
  readonly folder: string;
  /** Its version. */
  readonly version: string;
  /** Ranges of some of its dependencies. */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** The version of the contract in it. */
  readonly contract?: string;
}

/** A package as if it had been released with another version. */
export async function makeVariant(
  tarball: string,
  { folder, version, dependencies = {}, contract }: Variant,
): Promise<{ name: string; version: string; path: string }> {
  const files = await readTarball(tarball);
  const manifest: Manifest = JSON.parse(textOf(files, "package.json")!);
  const changed: Manifest = {
    ...manifest,
    version,
    dependencies: { ...manifest.dependencies, ...dependencies },
  };
  setText(files, "package.json", JSON.stringify(changed));
  if (contract !== undefined) setContract(files, contract);
  const name = manifest.name.split("/")[1];
  const path = `${folder}/${name}-${version}.tgz`;
  await writeTarball(path, files);
  return { name: manifest.name, version, path };
}

function setContract(files: Files, version: string): void {
  const file = "src/contract.js";
  const text = textOf(files, file) ?? "";
  const changed = text.replace(
    /CONTRACT = "[^"]*"/,
    `CONTRACT = "${version}"`,
  );
  if (changed === text) {
    throw new Error(`Cannot change the contract: ${file} has none`);
  }
  setText(files, file, changed);
}
