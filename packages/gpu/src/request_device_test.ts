import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { requestDevice } from "./request_device.ts";
import { gpuTest, skipGpuTests, testDevices } from "./test_devices.ts";
import { BufferUsage, MapMode } from "./usage_flags.ts";

/** Doubles numbers on the device, as a proof that it computes. */
async function double(
  device: GPUDevice,
  numbers: Float32Array<ArrayBuffer>,
): Promise<number[]> {
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
      @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {
        x[id.x] = 2 * x[id.x];
      }`,
  });
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
  const size = numbers.byteLength;
  const x = device.createBuffer({
    size,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
  });
  const y = device.createBuffer({
    size,
    usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(x, 0, numbers);

  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer: x } }],
    }),
  );
  pass.dispatchWorkgroups(numbers.length);
  pass.end();
  encoder.copyBufferToBuffer(x, 0, y, 0, size);
  device.queue.submit([encoder.finish()]);

  await y.mapAsync(MapMode.READ);
  const result = [...new Float32Array(y.getMappedRange())];
  x.destroy();
  y.destroy();
  return result;
}

gpuTest("a requested device computes", async ({ device }) => {
  assertEquals(await double(device, new Float32Array([1, -2, 0.5])), [
    2,
    -4,
    1,
  ]);
});

gpuTest("a requested device has its adapter's limits", ({ device }) => {
  // The standard's own limits are 256 MiB and 128 MiB.
  assertEquals(device.limits.maxBufferSize > 2 ** 28, true);
  assertEquals(device.limits.maxStorageBufferBindingSize > 2 ** 27, true);
});

gpuTest("disposing a requested device destroys it", async (open) => {
  open[Symbol.dispose]();
  assertEquals((await open.device.lost).reason, "destroyed");
});

Deno.test({
  name: "all implementations work in one process, in any order",
  ignore: skipGpuTests,
  async fn() {
    for (const { options } of [...testDevices, ...testDevices]) {
      using first = await requestDevice(options);
      using second = await requestDevice(options);
      assertEquals(await double(first.device, new Float32Array([3])), [6]);
      assertEquals(await double(second.device, new Float32Array([4])), [8]);
      assertEquals(first.implementation, options.implementation);
    }
  },
});

Deno.test({
  name: "devices can be requested at the same time",
  ignore: skipGpuTests,
  async fn() {
    const opened = await Promise.all(
      testDevices.map(({ options }) => requestDevice(options)),
    );
    for (const open of opened) {
      using _ = open;
      assertEquals(await double(open.device, new Float32Array([3])), [6]);
    }
  },
});

gpuTest("the caller's device stays the caller's", async ({ device }) => {
  const open = await requestDevice({ device });
  assertEquals(open.device, device);
  assertEquals(open.implementation, "user");
  open[Symbol.dispose]();
  assertEquals(await double(device, new Float32Array([5])), [10]);
});

gpuTest(
  "requestDevice() refuses a device with a choice",
  async ({ device }) => {
    await assertRejects(
      () => requestDevice({ device, adapter: "software" }),
      TypeError,
      "both a device and an adapter are given",
    );
  },
);

Deno.test("requestDevice() refuses an unknown choice", async () => {
  await assertRejects(
    () => requestDevice({ adapter: "hardware" as never }),
    RangeError,
    'with adapter "hardware": choose "default" or "software"',
  );
  await assertRejects(
    () => requestDevice({ implementation: "wgpu" as never }),
    RangeError,
    'with implementation "wgpu": choose "navigator" or "dawn"',
  );
});

Deno.test({
  name: "without a GPU the default adapter is an error that says what to do",
  ignore: testDevices[0].options.adapter === "default",
  async fn() {
    const error = await assertRejects(() => requestDevice());
    assertMatch(
      String(error),
      /^Error: Cannot find a GPU \(navigator: .*dawn: /,
    );
    assertMatch(String(error), /pass a device.*or choose adapter "software"$/);
  },
});
