import { mustRun, runCommand } from "../command.ts";
import type { Publication, Publisher } from "./publisher.ts";

/** A package as npm is given it. */
export interface Tarball extends Publication {
  /** Where its tarball lies. */
  readonly path: string;
}

/**
 * The registry that npm is configured for, or one at an address, given with
 * arguments of `npm` that authorise there.
 */
export function npmPublisher(
  registry?: string,
  args: readonly string[] = [],
): Publisher<Tarball> {
  const to = registry === undefined ? [] : ["--registry", registry];
  return {
    async isPublished({ name, version }) {
      const spec = `${name}@${version}`;
      const { ok, stdout, stderr } = await runCommand("npm", [
        "view",
        spec,
        "version",
        ...to,
      ]);
      if (ok) return stdout.trim() === version;
      if (stderr.includes("E404")) return false;
      throw new Error(`Cannot tell whether ${spec} is published: ${stderr}`);
    },
    async publish({ path }) {
      await mustRun("npm", [
        "publish",
        path,
        "--access",
        "public",
        ...to,
        ...args,
      ]);
    },
  };
}
