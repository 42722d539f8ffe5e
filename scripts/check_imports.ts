/**
 * The import rule: which part of the repository may import which.
 *
 * @module
 */
import type { Import, ModuleGraph } from "./module_graph.ts";
import type { Package } from "./workspace.ts";

/** What the modules of one part may import besides their own package. */
interface Rule {
  /** The part: a folder that ends in `/`, or one module. */
  readonly part: string;
  /** Names of packages, `node:` for all of Node's, a folder for all in it. */
  readonly may: readonly string[];
  /** The same, but by `import type` and `import()` only. */
  readonly mayLazily?: readonly string[];
  /** What its tests and benches may import besides. */
  readonly testsMay?: readonly string[];
}

/** Parts without a rule, such as the command line, may import any package. */
const RULES: readonly Rule[] = [
  { part: "packages/core/", may: [] },
  { part: "packages/kernel/", may: ["@rockpool/core"] },
  {
    part: "packages/cpu/",
    may: ["@rockpool/core", "@rockpool/kernel", "node:"],
  },
  {
    part: "packages/gpu/",
    may: [
      "@rockpool/core",
      "@rockpool/kernel",
      "@sparticuz/chromium",
      "nanotar",
      "webgpu",
      "node:",
    ],
  },
  {
    part: "packages/formula/",
    may: ["@rockpool/core", "@rockpool/kernel", "mathjs"],
  },
  {
    part: "packages/conformance/",
    may: [
      "@rockpool/core",
      "@rockpool/kernel",
      "@rockpool/cpu",
      "@rockpool/gpu",
      "@std/assert",
      "fast-check",
    ],
  },
  {
    part: "packages/onnx/",
    may: [
      "@rockpool/core",
      "@rockpool/kernel",
      "@rockpool/average",
      "@rockpool/global-average",
      "@rockpool/max",
      "@rockpool/power-average",
      "@rockpool/roi",
      "pbf",
    ],
    testsMay: [
      "@rockpool/cpu",
      "@rockpool/gpu",
      "@bufbuild/protobuf",
      "onnx-buf",
      "onnx-proto",
      "onnxruntime-node",
    ],
  },
  {
    part: "packages/tfjs/",
    may: [
      "@rockpool/core",
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-layers",
    ],
    testsMay: [
      "@rockpool/kernel",
      "@rockpool/cpu",
      "@rockpool/gpu",
      "plugins/",
      "@tensorflow/tfjs-backend-cpu",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-backend-webgpu",
    ],
  },
  { part: "docs/examples/", may: ["@rockpool/core", "@rockpool/kernel"] },
  { part: "plugins/", may: ["@rockpool/core", "@rockpool/kernel"] },
  {
    part: "registry.ts",
    may: ["@rockpool/core"],
    mayLazily: ["@rockpool/cpu", "@rockpool/gpu", "plugins/"],
  },
];

/** What every test and bench may import besides. */
const TESTS_MAY = [
  "@rockpool/conformance",
  "@std/assert",
  "fast-check",
  "node:",
  "watr",
];

/** Every import that breaks the rule, as a sentence that begins with its place. */
export function findBadImports(
  graph: ModuleGraph,
  packages: readonly Package[],
): string[] {
  const problems: string[] = [];
  for (const [module, imports] of graph) {
    for (const it of imports) {
      const problem = isRelative(it.specifier)
        ? judgePath(module, it, packages)
        : judgeName(module, it, packages);
      if (problem) problems.push(`${module}:${it.line}: ${problem}`);
    }
  }
  return problems;
}

/** Paths stay inside a package; everything else goes by its name. */
function judgePath(
  module: string,
  { specifier, target = specifier }: Import,
  packages: readonly Package[],
): string | undefined {
  const here = folderOf(module, packages);
  if (here === folderOf(target, packages)) return undefined;
  return `${here} may not import ${target} by its path: import a package by ` +
    "its name";
}

function judgeName(
  module: string,
  { kind, specifier }: Import,
  packages: readonly Package[],
): string | undefined {
  const rule = RULES.find(({ part }) => module.startsWith(part));
  if (rule === undefined) return undefined;

  const own = packageOf(module, packages);
  const always = [
    ...own ? [own.name] : [],
    ...isTest(module) ? [...TESTS_MAY, ...rule.testsMay ?? []] : [],
    ...rule.may,
  ];
  if (isAmong(always, specifier, packages)) return undefined;

  const who = own?.name ?? module;
  if (!isAmong(rule.mayLazily ?? [], specifier, packages)) {
    return `${who} may not import ${specifier}`;
  }
  if (kind !== "value") return undefined;
  return `${who} may import ${specifier} only by import type and import()`;
}

/** Whether `specifier` is from a package that `names`, of a rule, allow. */
function isAmong(
  names: readonly string[],
  specifier: string,
  packages: readonly Package[],
): boolean {
  return names.some((name) => {
    if (name === "node:") return specifier.startsWith(name);
    if (!name.endsWith("/")) return isFrom(name, specifier);
    return packages.some((it) =>
      it.folder.startsWith(name) && isFrom(it.name, specifier)
    );
  });
}

/** Whether `specifier` is the package called `name` or an entry point of it. */
function isFrom(name: string, specifier: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}

function packageOf(
  module: string,
  packages: readonly Package[],
): Package | undefined {
  return packages.find(({ folder }) => module.startsWith(`${folder}/`));
}

/** The folder of a module's package; else the top folder, `.` for the root. */
function folderOf(module: string, packages: readonly Package[]): string {
  const top = module.includes("/") ? module.split("/")[0] : ".";
  return packageOf(module, packages)?.folder ?? top;
}

function isRelative(specifier: string): boolean {
  return /^(\.|\/|file:)/.test(specifier);
}

/** Tests, benches, and what only they import: none of it is published. */
function isTest(module: string): boolean {
  return /_(test|bench)\.ts$|\/test_[^/]*\.ts$/.test(module);
}
