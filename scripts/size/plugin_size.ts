import { gzipSync } from "node:zlib";
import { bundleForBrowser, type BundlePart } from "./bundle.ts";

/** The most bytes that an application of one operator may take, gzipped. */
const MOST_BYTES = 60_000;

/** What large kernels may add, for the operators that bring them. */
const BROUGHT_BYTES: Readonly<Record<string, number>> = {
  "packages/kernel/src/wat_matmul.ts": 1_440,
  "packages/kernel/src/wat_eigen.ts": 7_000,
};

/** What an operator of many parts may add, and from which size on it is one. */
const MANY_PARTS = { from: 10_000, bytes: 2_500 };

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
  const most = MOST_BYTES + brought +
    (own >= MANY_PARTS.from ? MANY_PARTS.bytes : 0);
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
