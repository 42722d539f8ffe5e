import { gzipSync } from "node:zlib";
import { bundleForBrowser, type BundlePart } from "./bundle.ts";

/** The most bytes that an application of one operator may take, gzipped: 60 KiB. */
const MOST_BYTES = 61_440;

/**
 * What parts of the kernel that not every operator has may add, for those that
 * bring them, each told by one of its modules. Without them, covariance takes
 * 3,440 bytes less (products) and 6,040 (eigenvalues), roi-align 1,490 (weighted
 * sums), and dynamic-optimized 660 (tables).
 */
const BROUGHT_BYTES: Readonly<Record<string, number>> = {
  "packages/kernel/src/wat_matmul.ts": 3_700,
  "packages/kernel/src/wat_eigen.ts": 6_300,
  "packages/kernel/src/wat_sums.ts": 1_550,
  "packages/kernel/src/samples.ts": 600,
  "packages/kernel/src/triangle.ts": 400,
  "packages/kernel/src/concat.ts": 500,
  "packages/kernel/src/tables.ts": 700,
};

/**
 * An operator of many parts, those whose own modules take more than `from` bytes
 * before compression, may add a third of what is above, which is what is left of
 * it.
 */
const MANY_PARTS = { from: 5_000, share: 1 / 3 };

/** What a browser loads in order to run one operator on the CPU. */
export interface PluginSize {
  /** The entry point that has the operator, such as `@rockpool/max/unpool`. */
  readonly plugin: string;
  /** Bytes after minifying and gzip. */
  readonly gzipped: number;
  /** The modules in it, the largest first, before compression. */
  readonly parts: readonly BundlePart[];
}

/** An application of one operator: all of core, the CPU backend, the operator. */
export function entryOf(plugin: string): string {
  return [
    'export * from "@rockpool/core";',
    'export { cpu } from "@rockpool/cpu";',
    `export { default as op } from "${plugin}";`,
  ].join("\n");
}

/** Measures an application of one operator. */
export async function measurePlugin(plugin: string): Promise<PluginSize> {
  const { code, parts } = await bundleForBrowser(entryOf(plugin));
  return { plugin, gzipped: gzipSync(code, { level: 9 }).length, parts };
}

/** What is wrong with a size, as a sentence and its largest parts; else "". */
export function sizeProblem(
  { plugin, gzipped, parts }: PluginSize,
): string {
  const brought = parts.reduce(
    (sum, { module }) => sum + (BROUGHT_BYTES[module] ?? 0),
    0,
  );
  const own = parts.filter(({ module }) => module.startsWith("plugins/"))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const above = Math.max(0, own - MANY_PARTS.from);
  const most = MOST_BYTES + brought + Math.floor(above * MANY_PARTS.share);
  if (gzipped <= most) return "";
  const largest = parts.slice(0, 12).map(({ module, bytes }) =>
    `  ${String(bytes).padStart(6)} ${module}`
  );
  return [
    `${plugin} with its backend takes ${gzipped} bytes, at most ${most} are ` +
    "allowed; the largest modules, before compression:",
    ...largest,
  ].join("\n");
}
