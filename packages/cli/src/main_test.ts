import { describeRule, type OptionRule } from "@rockpool/core";
import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { main } from "./main.ts";
import { loadOperators } from "./operators.ts";
import { flagOfOption } from "./run_flags.ts";
import { readTensorFile, writeTensorFile } from "./tensor_file.ts";
import { testFolder } from "./test_folder.ts";

/** What a command line gave. */
interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string[];
}

async function rockpool(...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join("\n"), err };
}

/** Runs an operator on the slow backend that is everywhere. */
async function pool(...args: string[]): Promise<string> {
  const { code, out, err } = await rockpool(
    "run",
    ...args,
    "--backend",
    "interpreter",
  );
  assertEquals(err, []);
  assertEquals(code, 0);
  return out;
}

/** An operator that is not built in. */
const RANK =
  new URL("../../../docs/examples/rank/mod.ts", import.meta.url).href;

const line = { shape: [1, 1, 4], data: Float32Array.of(3, 1, 2, 5) };

Deno.test("rockpool list has a line for every operator", async () => {
  const { code, out } = await rockpool("list");
  assertEquals(code, 0);
  const ops = await loadOperators();
  assertEquals(
    out.split("\n").map((row) => row.split(/ {2,}/)),
    ops.map(({ name, category, summary }) => [name, category, summary]),
  );
});

Deno.test("rockpool info and run --help have every option and its rule", async () => {
  for (const op of await loadOperators()) {
    const info = await rockpool("info", op.name);
    const help = await rockpool("run", op.name, "--help");
    assertEquals([info.code, help.code], [0, 0]);
    for (const [name, rule] of Object.entries<OptionRule>({ ...op.options })) {
      const flag = flagOfOption(name);
      for (const text of [info.out, help.out]) {
        assert(new RegExp(`--(\\[no-\\])?${flag} `).test(text), flag);
        assertStringIncludes(text, rule.help);
        if (rule.kind !== "boolean") {
          assertStringIncludes(text, describeRule(rule));
        }
      }
    }
  }
});

Deno.test("rockpool run takes an option that has the name of a flag", async () => {
  await using folder = await testFolder();
  const [x, y] = ["x.npy", "y.npy"].map(folder.file);
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  await writeTensorFile(x, { shape: [2, 3], data });
  const flags = ["--axes=1", "--k=1", "--option.output", "projector"];
  await pool("grassmann", x, ...flags, "--output", y);
  assertEquals((await readTensorFile(y)).shape, [2, 2]);
});

Deno.test("rockpool run pools a photograph from PNG and JPEG", async () => {
  await using folder = await testFolder();
  const data = new Float32Array(3 * 4 * 6).fill(1);
  const photo = { shape: [1, 3, 4, 6], data };
  for (const kind of ["png", "jpeg"]) {
    const [from, to] = [`from.${kind}`, `to.${kind}`].map(folder.file);
    await writeTensorFile(from, photo);
    const args = ["--kernelSize", "2,3", "-o", to];
    const out = await pool("average", from, ...args);
    assertStringIncludes(out, "x 1×3×4×6 → y 1×3×2×2");
    const pooled = await readTensorFile(to);
    assertEquals(pooled, {
      shape: [1, 3, 2, 2],
      data: new Float32Array(12).fill(1),
    });
  }
});

Deno.test("rockpool run takes .npy of any rank, several inputs and outputs", async () => {
  await using folder = await testFolder();
  const [x, y, at, back] = ["x", "y", "at", "back"]
    .map((name) => folder.file(`${name}.npy`));
  await writeTensorFile(x, line);
  await pool(
    ...["max", x, "--kernelSize=2", "--axes=1", "--returnIndices"],
    ...["-o", y, "--output.indices", at],
  );
  assertEquals(await readTensorFile(y), {
    shape: [1, 1, 2],
    data: Float32Array.of(3, 5),
  });
  assertEquals(await readTensorFile(at), {
    shape: [1, 1, 2],
    data: Int32Array.of(0, 3),
  });

  const unpooled = { shape: [1, 1, 4], data: Float32Array.of(3, 0, 0, 5) };
  const options = ["--kernelSize=2", "--axes=1", "-o", back];
  await pool("max-unpool", y, at, ...options);
  assertEquals(await readTensorFile(back), unpooled);
  await Deno.remove(back);
  await pool("max-unpool", y, "--input.indices", at, ...options);
  assertEquals(await readTensorFile(back), unpooled);
});

Deno.test("rockpool run reads an option's tensor from a file", async () => {
  await using folder = await testFolder();
  const [x, u, y] = ["x", "u", "y"].map((name) => folder.file(`${name}.npy`));
  const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6);
  await writeTensorFile(x, { shape: [1, 1, 7], data });
  await writeTensorFile(u, { shape: [1, 1, 1], data: Float32Array.of(0.75) });
  const report = await pool(
    ...["fractional-max", x, "--kernelSize=2", "--outputSize=4", "--axes=1"],
    ...["--randomSamples", u, "-o", y, "--json"],
  );
  assertEquals(JSON.parse(report).options.randomSamples, { shape: [1, 1, 1] });
  assertEquals(await readTensorFile(y), {
    shape: [1, 1, 4],
    data: Float32Array.of(1, 2, 4, 6),
  });
});

Deno.test("rockpool run writes the gradient of an input", async () => {
  await using folder = await testFolder();
  const [x, dy, dx] = ["x", "dy", "dx"].map((name) =>
    folder.file(`${name}.npy`)
  );
  await writeTensorFile(x, line);
  await writeTensorFile(dy, { shape: [1, 1, 2], data: Float32Array.of(7, 8) });
  await pool(
    ...["max", x, "--kernelSize=2", "--axes=1"],
    ...["--grad-output", dy, "--grad-input", dx],
  );
  assertEquals(await readTensorFile(dx), {
    shape: [1, 1, 4],
    data: Float32Array.of(7, 0, 0, 8),
  });
});

Deno.test("rockpool run gives one picture whichever the layout", async () => {
  await using folder = await testFolder();
  const [x, y] = ["x.png", "y.png"].map(folder.file);
  const data = Float32Array.from({ length: 48 }, (_, at) => at * 5 / 255);
  await writeTensorFile(x, { shape: [1, 3, 4, 4], data });
  const results = [];
  for (const layout of ["NCHW", "NHWC"]) {
    const args = ["--kernelSize", "2", "--layout", layout, "-o", y];
    await pool("max", x, ...args);
    results.push(await readTensorFile(y));
  }
  assertEquals(results[0].shape, [1, 3, 2, 2]);
  assertEquals(results[1], results[0]);
});

Deno.test("rockpool run --json has shapes and the times of each run", async () => {
  await using folder = await testFolder();
  const [x, dy] = ["x.npy", "dy.npy"].map(folder.file);
  await writeTensorFile(x, line);
  await writeTensorFile(dy, { shape: [1, 1, 2], data: Float32Array.of(7, 8) });
  const args = [
    "soft",
    x,
    "--axes=1",
    "--json",
    "--runs",
    "2",
    "--session-seed",
    "9",
  ];
  const report = JSON.parse(await pool(...args, "--grad-output", dy));
  assertEquals(report.operator, "soft");
  assertEquals(report.backend.name, "interpreter");
  assertEquals([report.mode, report.seed], ["train", 9]);
  assertEquals(report.options.kernelSize, 2);
  assertEquals(report.inputs.x, { shape: [1, 1, 4], dtype: "float32" });
  assertEquals(report.outputs.y, { shape: [1, 1, 2], dtype: "float32" });
  assertEquals(report.gradients.x, { shape: [1, 1, 4], dtype: "float32" });
  assertEquals(report.milliseconds.length, 2);
  for (const times of report.milliseconds) {
    const parts = ["upload", "compute", "gradient", "read"];
    assertEquals(Object.keys(times), parts);
    for (const part of parts) assert(times[part] >= 0, part);
  }
});

Deno.test("rockpool run --print-kernel prints what a run uses and runs nothing", async () => {
  await using folder = await testFolder();
  const [x, dy] = ["x.npy", "dy.npy"].map(folder.file);
  await writeTensorFile(x, line);
  await writeTensorFile(dy, { shape: [1, 1, 2], data: Float32Array.of(7, 8) });
  const print = async (...args: string[]) => {
    // A GPU is asked for, but not needed.
    const gpu = ["--backend", "gpu", "--axes", "1"];
    const { code, out, err } = await rockpool(
      "run",
      "soft",
      x,
      ...gpu,
      ...args,
    );
    assertEquals([code, ...err], [0]);
    return out;
  };
  const wgsl = await print("--print-kernel", "wgsl");
  assertEquals(wgsl.match(/@compute/g)?.length, 1);
  const wat = await print("--print-kernel", "wat");
  assertEquals(wat.match(/^\(module/gm)?.length, 1);
  const backward = await print("--print-kernel", "wat", "--grad-output", dy);
  assertEquals(backward.match(/^;; [\w-]+/gm), [
    ";; soft-train",
    ";; soft-grad-x",
  ]);
});

Deno.test("rockpool knows the operators of --plugin as its own", async () => {
  await using folder = await testFolder();
  const [x, y] = ["x.npy", "y.npy"].map(folder.file);
  await writeTensorFile(x, line);
  const plugin = RANK;
  const list = await rockpool("list", "--plugin", plugin);
  assertStringIncludes(list.out, "\nrank  ");
  const help = await rockpool("run", "rank", `--plugin=${plugin}`, "--help");
  assertStringIncludes(help.out, "how many of the greatest elements count");
  const info = await rockpool("info", "--plugin", plugin, "rank");
  assertStringIncludes(info.out, "rank (generic)");
  await pool(
    ...["rank", x, "--plugin", plugin, "--axes=1", "--kernelSize=4"],
    ...["--top=3", "-o", y],
  );
  assertEquals(await readTensorFile(y), {
    shape: [1, 1, 1],
    data: Float32Array.of((5 + 3 + 2) / 3),
  });
});

Deno.test("rockpool says in one line what the user has to correct", async () => {
  await using folder = await testFolder();
  const x = folder.file("x.npy");
  const y = folder.file("y.npy");
  await writeTensorFile(x, line);
  const cases: [string, string][] = [
    ["", "A command is missing: list, info, run, new or --help is needed"],
    ["lsit", 'There is no command "lsit": did you mean "list"'],
    ["list all", '"list" is followed by "all"'],
    ["info", 'The name of an operator is missing after "info"'],
    ["new", 'The name of the operator is missing after "new"'],
    ["new a b", '"new a" is followed by "b"'],
    ["new My_Pool", 'Cannot name a plugin "My_Pool"'],
    ["new my-pool --category fine", 'There is no category "fine"'],
    ["new my-pool --scope @me", 'Cannot use the scope "@me"'],
    ["list --plugin", "--plugin has no value"],
    [`list --plugin ${folder.file("no.ts")}`, "Module not found"],
    ["list --plugin @std/assert", "a pooling operator is needed"],
    ["info max --plugin @rockpool/max", 'there is an operator "max" already'],
    [`info rnak --plugin ${RANK}`, 'did you mean "rank"'],
    ["run sof", 'There is no pooling operator "sof": did you mean "soft"'],
    ["run soft", "The input x is missing"],
    [`run soft ${x} ${x}`, "is one file too many: soft needs a file for x"],
    [`run soft ${x}x`, "no such file or directory"],
    [`run soft ${x} --kernelsize 2`, 'did you mean "--kernelSize"'],
    [`run soft ${x} --stride 0`, "Option stride is 0"],
    [`run soft ${x} --session-seed -1`, "Option session-seed is -1"],
    [`run max ${x}`, "Option kernelSize is missing"],
    [`run soft ${x} --axes 1 --kernelSize 5`, "of width 4: kernelSize 5"],
    [`run soft ${x} --axes 1 -o ${folder.file("y.gif")}`, ".npy, .png"],
    [`run soft ${x} --axes 1 -o ${folder.file("y.png")}`, "the shape is 1×1×2"],
    [`run soft ${x} --axes 1 -o ${folder.file("no/y.npy")}`, "no such file"],
    [`run soft ${x} --axes 1 --output.i ${y}`, "there is no such tensor"],
    [`run soft ${x} --axes 1 -o ${y} --output.y ${y}`, "are the same tensor"],
    [`run soft ${x} --axes 1 --grad-input ${y}`, "--grad-output is needed"],
    [`run soft ${x} --axes 1 --grad-output ${x}`, "1×1×2 is needed"],
    [`run soft ${x} --axes 1 --weight.w ${x}`, "there is no such tensor"],
    [`run soft ${x} --backend gpu --threads 2`, "--threads is for"],
    [`run soft ${x} --adapter software`, "--adapter is for"],
    [`run soft ${x} --json --print-kernel wat`, "choose one"],
    [
      `run soft ${x} --session-mode infer --grad-output ${x}`,
      "needs --session-mode train",
    ],
    [
      `run max-unpool ${x} ${x} --axes 1 --kernelSize 2 --backend interpreter`,
      "float32",
    ],
    [
      `run max-unpool ${x} ${x} --axes 1 --kernelSize 2 --print-kernel wat`,
      "it evaluates no formula",
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await rockpool(
      ...args.split(" ").filter(Boolean),
    );
    assertEquals(code, 2, args);
    assertEquals(err.length, 1, args);
    assertStringIncludes(err[0], message);
    assertFalse(err[0].includes("\n"), args);
    assertEquals(out, "", args);
  }
  assertEquals(folder.names(), ["x.npy"]);
});

Deno.test("rockpool ends with 1 where it is not the user's fault", async () => {
  const err: string[] = [];
  const out = () => {
    throw new Error("The pipe is\n  broken");
  };
  const code = await main(["list"], { out, err: (text) => err.push(text) });
  assertEquals(code, 1);
  assertEquals(err, ["rockpool: The pipe is broken"]);
});

Deno.test("the command exits with the code of main()", async () => {
  const module = new URL("../mod.ts", import.meta.url).href;
  const run = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", module, ...args],
    }).output();
  const text = new TextDecoder();
  const list = await run("list");
  assertEquals(list.code, 0);
  assertStringIncludes(text.decode(list.stdout), "soft");
  const wrong = await run("run", "sof");
  assertEquals(wrong.code, 2);
  assertEquals(text.decode(wrong.stdout), "");
  assertStringIncludes(text.decode(wrong.stderr), 'did you mean "soft"');
});
