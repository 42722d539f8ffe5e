import { assert, assertEquals, assertRejects } from "@std/assert";
import { cpu } from "@rockpool/cpu";
import { anyAdapter, gpu } from "@rockpool/gpu";
import { interpreter } from "@rockpool/kernel";
import type { GpuCase } from "./gpu_case.ts";
import { openCopyKernel } from "./gpu_copy.ts";
import { bytesOf, checkCase, measureGpuCase } from "./gpu_measure.ts";
import { timedDevice } from "./gpu_timer.ts";

const small: GpuCase = {
  name: "soft 2×2/2",
  op: "soft",
  options: { kernelSize: 2 },
  direction: "train",
  shape: [1, 2, 6, 8],
  layout: "NCHW",
};
const ignore = Deno.env.get("ROCKPOOL_GPU") === "skip";

Deno.test({
  name:
    "measureGpuCase() times a case by the device's clock, in a batch and from end to end",
  ignore,
  async fn() {
    using open = await gpu({ adapter: await anyAdapter() });
    using timer = timedDevice(open.device);
    using backend = await gpu({ device: timer.device });
    using reference = interpreter();
    assert(await checkCase(small, backend, reference) < 1e-5);
    const { live } = backend.memory();
    const row = await measureGpuCase(small, { backend, timer }, {
      repeats: 2,
      batch: 3,
    });
    assertEquals(row.bytes, 2 * 4 * (96 + 24));
    assert(row.batched_ms > 0 && row.end_to_end_ms > 0 && row.copy_ms >= 0);
    const hasTimestamps = open.device.features.has("timestamp-query");
    assertEquals(row.kernel_ms !== null, hasTimestamps);
    assertEquals(backend.memory().live, live);
  },
});

Deno.test({
  name: "openCopyKernel() copies all bytes",
  ignore,
  async fn() {
    using open = await gpu({ adapter: await anyAdapter() });
    using session = open.session();
    const data = Float32Array.from({ length: 4 * 1001 }, (_, i) => i);
    using copy = openCopyKernel(open.device, 2 * data.byteLength);
    open.device.queue.writeBuffer(copy.from, 0, data);
    copy.run(2);
    const value = session.fromBuffer(copy.to, [data.length]);
    assertEquals((await session.read(value)).data, data);
  },
});

Deno.test("checkCase() refuses results that differ", async () => {
  using reference = interpreter();
  using other = await cpu();
  const twice: GpuCase = {
    ...small,
    options: { kernelSize: 2, temperature: 3 },
  };
  assert(await checkCase(twice, other, reference) < 1e-5);
  const wrong = new Proxy(other, {
    get: (target, name) =>
      name === "session"
        ? () => {
          const session = target.session({ mode: "train" });
          return new Proxy(session, {
            get(target, name) {
              if (name === "upload") {
                return (
                  { shape, data }: { shape: number[]; data: Float32Array },
                ) => target.upload({ shape, data: data.map((x) => x + 1) });
              }
              const member = Reflect.get(target, name);
              return typeof member === "function"
                ? member.bind(target)
                : member;
            },
          });
        }
        : Reflect.get(target, name),
  });
  await assertRejects(
    () => checkCase(small, wrong, reference),
    Error,
    "Cannot time soft 2×2/2: its result is",
  );
});

Deno.test("bytesOf() counts inputs and results, and their gradients in train mode", () => {
  assertEquals(bytesOf({ ...small, direction: "forward" }, [1, 2, 3, 4]), 480);
  assertEquals(bytesOf(small, [1, 2, 3, 4]), 960);
});
