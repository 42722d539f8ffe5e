import { assertEquals, assertMatch } from "@std/assert";
import { gpu } from "./gpu.ts";
import { gpuTest, skipGpuTests, testDevices } from "./test_devices.ts";

for (const { name, options } of testDevices) {
  Deno.test({
    name: `gpu() says what it runs on [${name}]`,
    ignore: skipGpuTests,
    async fn() {
      using backend = await gpu(options);
      assertEquals(backend.name, "gpu");
      assertMatch(backend.info, /\(WebGPU: (Dawn|navigator\.gpu)\)$/);
    },
  });
}

gpuTest("gpu() leaves the user's device as it is", async ({ device }) => {
  const numbers = Float32Array.of(1, 2);
  for (let time = 0; time < 2; time++) {
    using backend = await gpu({ device });
    using session = backend.session();
    const x = session.upload({ shape: [2], data: numbers });
    assertEquals(await session.read(x), { shape: [2], data: numbers });
    assertEquals(backend.device, device);
    assertMatch(backend.info, /\(WebGPU: the user's device\)$/);
  }
});
