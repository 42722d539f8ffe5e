import { assertEquals, assertThrows } from "@std/assert";
import { type FlagSpec, parseArguments, UsageError } from "./arguments.ts";

const flags: FlagSpec = {
  kernelSize: { kind: "axes", help: "Elements of a window", min: 1 },
  stride: { kind: "axes", help: "Step between windows", nullable: true },
  padding: { kind: "sides", help: "Border", default: 0 },
  normType: { kind: "number", help: "Power", above: 0 },
  seed: { kind: "integer", help: "Random stream", default: 0 },
  ceilMode: { kind: "boolean", help: "Round up", default: false },
  backend: { kind: "choice", help: "Where", choices: ["cpu", "gpu"] },
  outputRatio: { kind: "ratios", help: "Output by input" },
  outputSize: { kind: "axes", help: "Lengths", nullableEntries: true },
  levels: { kind: "list", help: "Windows of each level", min: 1 },
  samples: { kind: "tensor", help: "Given", nullable: true, default: null },
  output: { kind: "text", help: "Where to write", short: "o" },
};

function valuesOf(line: string): Record<string, unknown> {
  return parseArguments(line.split(" "), flags).values;
}

Deno.test("parseArguments() parts positionals from flags, in any order", () => {
  const line = "soft --kernelSize 3 photo.png -o out.png".split(" ");
  assertEquals(parseArguments(line, flags), {
    positionals: ["soft", "photo.png"],
    values: { kernelSize: 3, output: "out.png" },
  });
  assertEquals(parseArguments([], flags), { positionals: [], values: {} });
});

Deno.test("parseArguments() gives values the type of their rule", () => {
  const cases: [string, Record<string, unknown>][] = [
    ["--kernelSize=3", { kernelSize: 3 }],
    ["--kernelSize 3,5", { kernelSize: [3, 5] }],
    ["--stride null", { stride: null }],
    ["--padding 1", { padding: 1 }],
    ["--padding 1,2", { padding: [1, 2] }],
    ["--padding 0:1,2:3", { padding: [[0, 1], [2, 3]] }],
    ["--padding 0:1", { padding: [[0, 1]] }],
    ["--padding 1,0:2", { padding: [1, [0, 2]] }],
    ["--normType 2.5", { normType: 2.5 }],
    ["--seed -1", { seed: -1 }],
    ["--ceilMode", { ceilMode: true }],
    ["--no-ceilMode", { ceilMode: false }],
    ["--backend gpu", { backend: "gpu" }],
    ["--outputRatio 0.5", { outputRatio: 0.5 }],
    ["--outputRatio 0.5,0.7", { outputRatio: [0.5, 0.7] }],
    ["--outputSize 3", { outputSize: 3 }],
    ["--outputSize null,4", { outputSize: [null, 4] }],
    ["--levels 4,2,1", { levels: [4, 2, 1] }],
    ["--levels 4", { levels: [4] }],
    ["--samples u.npy", { samples: "u.npy" }],
    ["--samples null", { samples: null }],
    ["--output a,b:c", { output: "a,b:c" }],
    ["--output=--odd", { output: "--odd" }],
  ];
  for (const [line, values] of cases) {
    assertEquals(valuesOf(line), values, line);
  }
});

Deno.test("parseArguments() says in one line what is wrong", () => {
  const cases: [string, string][] = [
    [
      "--kernalSize 3",
      'Unknown flag --kernalSize: did you mean "--kernelSize"',
    ],
    ["-x", "Unknown flag -x"],
    ["--no-seed", "Unknown flag --no-seed"],
    ["--toString", "Unknown flag --toString"],
    ["--seed 1 --seed 2", "--seed is given twice, once is needed"],
    ["-o a --output b", "--output is given twice"],
    ["--ceilMode --no-ceilMode", "--no-ceilMode is given twice"],
    ["--seed", "--seed has no value: an integer is needed"],
    ["--seed --ceilMode", "--seed has no value"],
    ["--seed=", "--seed has no value"],
    ["-o", "-o has no value: a text is needed"],
    ["--seed x1", '--seed is "x1": an integer is needed'],
    [
      "--kernelSize 3x3",
      '--kernelSize is "3x3": an integer or one per axis of at least 1 ' +
      "(written 3 or 3,5) is needed",
    ],
    ["--kernelSize 3,", '--kernelSize is "3,"'],
    ["--kernelSize 1:2", '--kernelSize is "1:2"'],
    ["--kernelSize null", '--kernelSize is "null"'],
    ["--padding 0:1:2", '--padding is "0:1:2"'],
    ["--outputRatio 1:2", '--outputRatio is "1:2"'],
    [
      "--outputSize null",
      '--outputSize is "null": an integer or one per axis, null for some ' +
      "(written 3 or 3,5 or null,5) is needed",
    ],
    ["--outputSize null,x", '--outputSize is "null,x"'],
    [
      "--levels x",
      '--levels is "x": a list of one or more integers of at least 1 ' +
      "(written 4 or 4,2,1) is needed",
    ],
    ["--levels 4,null", '--levels is "4,null"'],
    ["--samples", "--samples has no value: a tensor, or null (a .npy file)"],
    [
      "--ceilMode=yes",
      '--ceilMode is "yes": the flag alone is needed, ' +
      "--ceilMode or --no-ceilMode",
    ],
  ];
  for (const [line, message] of cases) {
    const error = assertThrows(() => valuesOf(line), UsageError, message);
    assertEquals(error.message.includes("\n"), false);
  }
});
