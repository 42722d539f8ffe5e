import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BenchCase } from "./bench_case.ts";
import { dataOf } from "./bench_data.ts";
import { openProcess } from "./process_peer.ts";

const example: BenchCase = {
  name: "example",
  op: "double",
  direction: "forward",
  shape: [1, 2, 4, 4],
  layout: "NCHW",
  place: { kind: "windows", kernelSize: 1, stride: 1, padding: 0 },
  target: 1,
};

function openDouble() {
  const script = fileURLToPath(new URL("test_library.ts", import.meta.url));
  return openProcess({
    name: "double",
    command: Deno.execPath(),
    args: ["run", "-A", script],
    threads: 3,
  });
}

Deno.test("openProcess() hands inputs to a library and reads its results", async () => {
  await using peer = await openDouble();
  assertEquals(peer.version, "3 threads");
  const data = dataOf(example);
  const prepared = await peer.prepare(example, data);
  assertEquals(await prepared!.results(), [
    (data.inputs.x.data as Float32Array).map((x) => 2 * x),
  ]);
  assert(await prepared!.turn({ warm: 1, warmFor: 0, calls: 2 }) >= 0);
});

Deno.test("openProcess() tells what a library lacks, and its errors", async () => {
  await using peer = await openDouble();
  const data = dataOf(example);
  assertEquals(await peer.prepare({ ...example, op: "max" }, data), undefined);
  await assertRejects(
    () => peer.prepare({ ...example, op: "broken" }, data),
    Error,
    "Cannot prepare with double: it is broken",
  );
});

Deno.test("openProcess() refuses a program that ends", async () => {
  const program = { name: "none", args: ["eval", ""], threads: 1 };
  await assertRejects(
    () => openProcess({ ...program, command: Deno.execPath() }),
    Error,
    "its process has ended",
  );
});
