import { assert, assertEquals } from "@std/assert";
import { stop } from "esbuild";
import { deno } from "./deno.ts";
import { bundleForBrowser } from "./size/bundle.ts";
import { entryOf, measurePlugin, sizeProblem } from "./size/plugin_size.ts";

/** What the text of a part of the repository holds, and no other one. */
const MARKS = {
  "the operator soft": "the mean of each window, weighted by exponentials",
  "the GPU backend": "requestAdapter",
  "emitters of WGSL": "@workgroup_size",
  "products of matrices": "products of matrices",
  "eigenvalues": "$tridiagonalise",
  "weighted sums": "weighted sums of rows",
  "transposed tensors": "transposed matrices",
  "values at their indices": "values at their indices",
  "joined values": "Cannot join",
  "windows from tables": "Cannot read tables",
};

async function marksOf(entry: string): Promise<string[]> {
  const { code } = await bundleForBrowser(entry);
  await stop();
  return Object.entries(MARKS)
    .filter(([, text]) => code.includes(text))
    .map(([name]) => name);
}

Deno.test("a bundle holds the operator that is imported, no other one and no GPU", async () => {
  assertEquals(await marksOf(entryOf("@rockpool/max")), []);
  assertEquals(await marksOf(entryOf("@rockpool/soft")), ["the operator soft"]);
});

Deno.test("a bundle holds the kernels that its operator brings, and no others", async () => {
  const brought = async (name: string) =>
    await marksOf(entryOf(`@rockpool/${name}`));
  assertEquals(await brought("local-importance"), [
    "products of matrices",
    "windows from tables",
  ]);
  assertEquals(await brought("max/unpool"), ["values at their indices"]);
  assertEquals(await brought("mixed"), []);
  assertEquals(await brought("spatial-pyramid"), [
    "joined values",
    "windows from tables",
  ]);
  assertEquals(await brought("fractional-max"), ["windows from tables"]);
  assertEquals(await brought("roi"), ["transposed tensors"]);
  assertEquals(await brought("roi/position-sensitive"), [
    "weighted sums",
    "transposed tensors",
  ]);
  assertEquals(await brought("covariance"), [
    "products of matrices",
    "eigenvalues",
    "weighted sums",
    "transposed tensors",
  ]);
});

Deno.test("the marks that bundles are searched for are those of what could be in them", async () => {
  const everything = ["soft", "covariance", "max", "spatial-pyramid", "gpu"]
    .map((name, index) => `export * as all${index} from "@rockpool/${name}";`);
  assertEquals(await marksOf(everything.join("")), Object.keys(MARKS));
});

Deno.test("a bundle of one operator consists of its modules, core, kernel and cpu", async () => {
  const { parts } = await measurePlugin("@rockpool/soft");
  await stop();
  const folders = parts.map(({ module }) => /^[^/]+\/[^/]+/.exec(module)?.[0]);
  assertEquals([...new Set(folders)].sort(), [
    "packages/core",
    "packages/cpu",
    "packages/kernel",
    "plugins/generic",
  ]);
  const plugins = parts.filter(({ module }) => module.startsWith("plugins/"));
  assertEquals(plugins.map(({ module }) => module), [
    "plugins/generic/soft/mod.ts",
  ]);
});

Deno.test("a bundle runs on workers of browsers", async () => {
  const { code } = await bundleForBrowser(entryOf("@rockpool/max"));
  await stop();
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/bundle.js`, code);
  Deno.writeTextFileSync(`${folder.path}/page.js`, PAGE);
  const { stdout, stderr } = await deno([
    "run",
    "--allow-all",
    `${folder.path}/page.js`,
  ]);
  const ran =
    /^WebAssembly SIMD(, fused multiply-add)?, 2 threads\nequal: 100352\n$/;
  assert(ran.test(stdout), stdout + stderr);
});

/** Pools on two threads, with what a browser has and nothing of Node's. */
const PAGE = `
delete globalThis.process;
const { cpu, makePool, op } = await import("./bundle.js");
const backend = await cpu({ threads: 2 });
console.log(backend.info);
const pool = makePool(op, { backend, options: { kernelSize: 2 } });
const data = Float32Array.from({ length: 8 * 16 * 56 * 56 }, (_, i) => i % 56);
const y = await pool({ shape: [8, 16, 56, 56], data });
const equal = y.data.filter((it, i) => it === 2 * (i % 28) + 1).length;
console.log("equal:", equal);
backend[Symbol.dispose]();
`;

Deno.test("a bundle that is too large is told with its largest modules", () => {
  const parts = [
    { module: "packages/kernel/src/large.ts", bytes: 9_000 },
    { module: "packages/kernel/src/small.ts", bytes: 100 },
  ];
  const size = { plugin: "@rockpool/max", parts };
  assertEquals(sizeProblem({ ...size, gzipped: 61_440 }), "");
  const problem = sizeProblem({ ...size, gzipped: 61_441 });
  assert(problem.includes("takes 61441 bytes, at most 61440"), problem);
  assert(problem.includes("9000 packages/kernel/src/large.ts"), problem);
});

Deno.test("a bundle with large kernels may be larger by these", () => {
  const parts = ["wat_matmul.ts", "wat_eigen.ts"].map((name) => (
    { module: `packages/kernel/src/${name}`, bytes: 2_000 }
  ));
  const size = { plugin: "@rockpool/covariance", parts };
  assertEquals(sizeProblem({ ...size, gzipped: 71_440 }), "");
  assert(sizeProblem({ ...size, gzipped: 71_441 }).includes("71440 are"));
});

Deno.test("a bundle of an operator of many parts may be larger", () => {
  const parts = [{
    module: "plugins/downstream/bilinear/compact.ts",
    bytes: 8_000,
  }];
  const size = { plugin: "@rockpool/bilinear/compact", parts };
  assertEquals(sizeProblem({ ...size, gzipped: 62_440 }), "");
  assert(sizeProblem({ ...size, gzipped: 62_441 }).includes("62440 are"));
});

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
