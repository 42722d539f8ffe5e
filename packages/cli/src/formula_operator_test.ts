import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { takeFormula } from "./formula_operator.ts";
import { main } from "./main.ts";
import { readTensorFile, writeTensorFile } from "./tensor_file.ts";
import { testFolder } from "./test_folder.ts";

async function rockpool(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join("\n"), err };
}

const line = { shape: [1, 1, 4], data: Float32Array.of(3, 1, 2, 5) };
const ON = ["--axes=1", "--backend", "interpreter"];

Deno.test("takeFormula() finds the formula among arguments", () => {
  assertEquals(takeFormula(["x.png", "--formula", "-max(x)", "-o", "y.png"]), {
    text: "-max(x)",
    rest: ["x.png", "-o", "y.png"],
  });
  assertEquals(takeFormula(["--formula=a=1; a", "x"]), {
    text: "a=1; a",
    rest: ["x"],
  });
  assertEquals(takeFormula(["soft", "--formulas", "a"]), undefined);
});

Deno.test("rockpool run --formula takes parameters, inputs and weights", async () => {
  await using folder = await testFolder();
  const [x, z, w, y] = ["x", "z", "w", "y"]
    .map((name) => folder.file(`${name}.npy`));
  await writeTensorFile(x, line);
  await writeTensorFile(z, { ...line, data: Float32Array.of(1, 2, 3, 4) });
  await writeTensorFile(w, { shape: [1], data: Float32Array.of(10) });
  const text =
    "p = 3 # the factor\nω = learn(1)\nz = input()\nω * p * sum(x * z)";
  const args = ["--formula", text, ...ON, "-o", y];
  const { code, out, err } = await rockpool("run", x, z, "--p", "2", ...args);
  assertEquals([code, ...err], [0]);
  assertStringIncludes(out, "formula on interpreter");
  assertEquals([...(await readTensorFile(y)).data], [10, 52]);
  const named = ["run", ...args, x, "--input.z", z, "--weight.ω", w];
  assertEquals((await rockpool(...named)).code, 0);
  assertEquals([...(await readTensorFile(y)).data], [150, 780]);
  const report = await rockpool(...named, "--json");
  assertEquals(JSON.parse(report.out).options.p, 3);
});

Deno.test("rockpool run --formula pools a photograph", async () => {
  await using folder = await testFolder();
  const [x, y] = ["x.png", "y.png"].map(folder.file);
  const data = Float32Array.from({ length: 48 }, (_, at) => at * 5 / 255);
  await writeTensorFile(x, { shape: [1, 3, 4, 4], data });
  const args = ["--formula", "max(x)", x, "-o", y, "--backend=interpreter"];
  assertEquals((await rockpool("run", ...args)).code, 0);
  const pooled = await readTensorFile(y);
  assertEquals(pooled.shape, [1, 3, 2, 2]);
  assertEquals(pooled.data[0], data[5]);
});

Deno.test("rockpool run --formula --print-kernel prints what becomes of it", async () => {
  await using folder = await testFolder();
  const x = folder.file("x.npy");
  await writeTensorFile(x, line);
  const args = ["--formula", "p = 3; sum(x ^ p)", x, ...ON];
  const { code, out } = await rockpool(
    "run",
    ...args,
    "--print-kernel",
    "wgsl",
  );
  assertEquals(code, 0);
  assertEquals(out.match(/@compute/g)?.length, 1);
  assertStringIncludes(out, "formula");
});

Deno.test("rockpool info and --help describe the parameters of a formula", async () => {
  const text = "p = option(3, min = 1) # the power\nmean(x ^ p) ^ (1 / p)";
  const info = await rockpool("info", "--formula", text);
  const help = await rockpool("run", "--formula", text, "--help");
  assertEquals([info.code, help.code], [0, 0]);
  for (const { out } of [info, help]) {
    assert(
      /--p {2,}the power\n.*a number of at least 1; 3 by default/.test(out),
    );
    assertStringIncludes(out, "--kernelSize");
  }
  assertStringIncludes((await rockpool("run", "--help")).out, "--formula");
});

Deno.test("rockpool run --formula points at what the user has to correct", async () => {
  const wrong = await rockpool(
    "run",
    "x.png",
    "--formula",
    "a = 1\nsum(y * a)",
  );
  assertEquals([wrong.code, wrong.out], [2, ""]);
  assertEquals(wrong.err, [
    'rockpool: Cannot read the formula: unknown name "y": did you mean "a" or "x" (line 2, column 5)',
    "  sum(y * a)\n      ^",
  ]);
  const cases: [string[], string][] = [
    [["--formula"], "--formula has no value: a formula is needed"],
    [["--formula=x", "--formula=x"], "--formula is given twice"],
    [["--formula", "p = 3; sum(x) * p", "--q", "3"], "Unknown flag --q"],
    [["--formula", "p = 3; sum(x) * p", "--p", "a"], "a number is needed"],
    [["--formula", "sum(x)"], "The input x is missing: formula needs a file"],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await rockpool("run", ...args);
    assertEquals(code, 2, message);
    assertEquals(err.length, 1, message);
    assertStringIncludes(err[0], message);
  }
});
