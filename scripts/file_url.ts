import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The URL of a folder given by its path, with a slash at the end. */
export function toFileUrl(folder: string): URL {
  return pathToFileURL(`${resolve(folder)}/`);
}
