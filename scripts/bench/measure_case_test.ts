import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BenchCase } from "./bench_case.ts";
import { distances, measureCase } from "./measure_case.ts";
import type { Peer } from "./peer.ts";

const example: BenchCase = {
  name: "example",
  op: "max",
  direction: "forward",
  shape: [1, 2, 4, 4],
  layout: "NCHW",
  place: { kind: "windows", kernelSize: 2, stride: 2, padding: 0 },
  target: 2,
};

/** A library that gives 8 times one number in as many milliseconds. */
function peerOf(name: string, result: number | "broken" | "lacking"): Peer {
  return {
    name,
    version: "",
    prepare: () =>
      Promise.resolve(
        result === "lacking" ? undefined : {
          turn: () => Promise.resolve(Number(result)),
          results() {
            if (result === "broken") throw new Error("it broke");
            return Promise.resolve([new Float32Array(8).fill(result)]);
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        },
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const options = { ours: peerOf("ours", 3), threads: 2, repeats: 1 };

Deno.test("measureCase() leaves out peers that lack a case, break or differ", async () => {
  const peers = [
    peerOf("agrees", 3.00001),
    peerOf("lacks", "lacking"),
    peerOf("breaks", "broken"),
    peerOf("differs", 4),
  ];
  const { row, leftOut } = await measureCase(example, { ...options, peers });
  const { limit_ms, ...others } = row;
  assert(limit_ms > 0);
  assertEquals(others, {
    case: "example",
    op: "max",
    direction: "forward",
    threads: 2,
    ours_ms: 3,
    peers: { agrees: 3.00001, lacks: null, breaks: null, differs: null },
    target: 2,
  });
  assertEquals(Object.keys(leftOut), ["breaks", "differs"]);
  assertEquals(leftOut.breaks, "it broke");
});

Deno.test("measureCase() refuses a case in which every peer has another result", async () => {
  const peers = [peerOf("differs", 4), peerOf("lacks", "lacking")];
  await assertRejects(
    () => measureCase(example, { ...options, peers }),
    Error,
    "no peer agrees",
  );
});

Deno.test("measureCase() asks one thread to be level", async () => {
  const peers = [peerOf("agrees", 3)];
  const given = { ...options, peers, threads: 1 };
  assertEquals((await measureCase(example, given)).row.target, 1);
});

Deno.test("distances() are relative above 1, and NaN where results do not fit", () => {
  const one = (...numbers: number[]) => [Float32Array.from(numbers)];
  assertEquals(distances(one(0.5, 12), one(0.25, 8)), 0.5);
  assertEquals(distances(one(1), one(1, 2)), NaN);
  assertEquals(distances([], one(1)), NaN);
  assertEquals(distances(one(NaN), one(1)), NaN);
});
