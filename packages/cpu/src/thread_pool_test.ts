import { assertEquals, assertThrows } from "@std/assert";
import compile from "watr/compile";
import { HEAP_ADDRESS } from "./control.ts";
import { WasmMemory } from "./memory.ts";
import { type Job, ThreadPool } from "./thread_pool.ts";

/** Where the numbers of the rows lie that jobs work on. */
const ROWS_ADDRESS = HEAP_ADDRESS + 4096;

/** Where a word lies that opens the gate of jobs that have one. */
const GATE_ADDRESS = HEAP_ADDRESS + 3072;

/** A job that adds a number to each of its rows, once its gate is open. */
function adding(
  { memory }: WasmMemory,
  { id, number, gated }: {
    readonly id: number;
    readonly number: number;
    readonly gated?: boolean;
  },
): Omit<Job, "rows"> {
  const wait = gated
    ? `(loop $wait
        (br_if $wait (i32.eqz (i32.atomic.load (i32.const ${GATE_ADDRESS})))))`
    : "";
  const bytes: Uint8Array<ArrayBuffer> = compile(`(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $at i32) (param $begin i32) (param $end i32)
    (local $row i32)
    ${wait}
    (loop $next
      (local.set $row (i32.add (local.get $at) (i32.shl (local.get $begin) (i32.const 2))))
      (i32.store (local.get $row) (i32.add (i32.load (local.get $row)) (i32.const ${number})))
      (local.set $begin (i32.add (local.get $begin) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $begin) (local.get $end))))))`);
  const address = HEAP_ADDRESS + 1024 * id;
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return {
    kernel: id,
    module: { address, length: bytes.length },
    argumentsAddress: ROWS_ADDRESS,
    run: instance.exports.run as Job["run"],
  };
}

Deno.test("each row of each job is worked on once, however late workers are", async () => {
  const memory = new WasmMemory(true);
  memory.reserve(ROWS_ADDRESS + 4 * 1000);
  using pool = await ThreadPool.start(memory, 4);
  const numbers = [1, 1000];
  const jobs = numbers.map((number, id) => adding(memory, { id, number }));
  const rows = new Int32Array(memory.memory.buffer, ROWS_ADDRESS, 1000);
  const expected = new Int32Array(rows.length);
  for (let turn = 0; turn < 5000; turn++) {
    const id = turn % 3 === 0 ? 0 : 1;
    const count = 1 + (turn * 37) % rows.length;
    pool.run({ ...jobs[id], rows: count });
    for (let row = 0; row < count; row++) expected[row] += numbers[id];
    // Workers fall asleep from time to time.
    if (turn % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals([...rows], [...expected]);
});

Deno.test("a job that fails here ends, and the next one runs", async () => {
  const memory = new WasmMemory(true);
  memory.reserve(ROWS_ADDRESS + 4 * 1000);
  using pool = await ThreadPool.start(memory, 2);
  const job = adding(memory, { id: 0, number: 1, gated: true });
  const gate = new Int32Array(memory.memory.buffer, GATE_ADDRESS, 1);
  // Until this thread has a chunk the worker keeps to one, and leaves the others.
  const run = () => {
    Atomics.store(gate, 0, 1);
    throw new RangeError("not here");
  };
  assertThrows(
    () => pool.run({ ...job, rows: 1000, run }),
    RangeError,
    "not here",
  );
  const rows = new Int32Array(memory.memory.buffer, ROWS_ADDRESS, 1000);
  rows.fill(0);
  pool.run({ ...job, rows: 1000 });
  assertEquals(rows.every((row) => row === 1), true);
});
