/** The parts used here of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** What `deno pack` does not know of a package. */
export interface ManifestFacts {
  /** The packages that it imports. */
  readonly dependencies: readonly string[];
  /** The range of versions of each package, by its name. */
  readonly ranges: Readonly<Record<string, string>>;
  /** What it is, for search results. */
  readonly description: string;
  /**
   * Fields of its own; `optionalPeers` names packages that it loads only when
   * it is asked to.
   */
  readonly npm: Readonly<Record<string, unknown>>;
}

/** The oldest Node that packages run on. */
const NODE = ">=20";

/**
 * The `package.json` of `deno pack` with what npm and bundlers need besides:
 * the packages that are imported from the workspace, that modules have no side
 * effects, and fields of the package's own.
 *
 * @throws {Error} where a range is missing
 */
export function completeManifest(
  packed: Manifest,
  { dependencies, ranges, description, npm }: ManifestFacts,
): Manifest {
  const rangesOf = (names: readonly string[]) =>
    Object.fromEntries(
      names.map((name) => [name, rangeOf(packed.name, name, ranges)]),
    );
  const { optionalPeers = [], ...fields } = npm;
  const peers = optionalPeers as readonly string[];
  return {
    ...packed,
    description,
    sideEffects: false,
    engines: { node: NODE },
    ...fields,
    ...dependencies.length > 0 && { dependencies: rangesOf(dependencies) },
    ...peers.length > 0 && {
      peerDependencies: rangesOf(peers),
      peerDependenciesMeta: Object.fromEntries(
        peers.map((name) => [name, { optional: true }]),
      ),
    },
  };
}

function rangeOf(
  of: string,
  name: string,
  ranges: Readonly<Record<string, string>>,
): string {
  if (Object.hasOwn(ranges, name)) return ranges[name];
  throw new Error(
    `Cannot pack ${of}: it imports ${name}, which deno.json has no range of`,
  );
}

/**
 * What a README says first below its title, as one line.
 *
 * @throws {Error} where there is nothing
 */
export function describe(readme: string): string {
  const paragraph = /^# .+\n+([^#\n](?:.|\n(?!\n))*)/.exec(readme)?.[1];
  if (paragraph === undefined) {
    throw new Error("Cannot describe a package: its README has no first line");
  }
  const plain = paragraph.replace(/\s+/g, " ").trim()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*_]/g, "");
  return plain.split(". ")[0].replace(/[.:]$/, "");
}
