import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadSoftwareDriver } from "./software_driver.ts";
import { skipGpuTests } from "./test_devices.ts";

const isSupported = Deno.build.os === "linux" && Deno.build.arch === "x86_64";
const variables = [
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "VK_ADD_DRIVER_FILES",
];

/** Sets the variables that Vulkan finds drivers with, and restores them. */
function withVariables(values: Record<string, string>): Disposable {
  const before = variables.map((name) => Deno.env.get(name));
  for (const name of variables) Deno.env.delete(name);
  for (const name in values) Deno.env.set(name, values[name]);
  return {
    [Symbol.dispose]() {
      variables.forEach((name, i) => {
        Deno.env.delete(name);
        if (before[i] !== undefined) Deno.env.set(name, before[i]);
      });
    },
  };
}

Deno.test({
  name: "loadSoftwareDriver() adds one driver, however often it is called",
  ignore: skipGpuTests || !isSupported,
  async fn() {
    using _ = withVariables({});
    await loadSoftwareDriver();
    await loadSoftwareDriver();
    const manifest = Deno.env.get("VK_ADD_DRIVER_FILES") ?? "";
    assert(manifest.endsWith("/vk_swiftshader_icd.json"));
    assert(Deno.statSync(manifest).isFile);
    assertEquals(Deno.env.get("DENO_WEBGPU_BACKEND"), "vulkan");
  },
});

Deno.test({
  name: "loadSoftwareDriver() adds to the drivers that the user chose",
  ignore: skipGpuTests || !isSupported,
  async fn() {
    for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]) {
      using _ = withVariables({ [name]: "/etc/mine.json" });
      await loadSoftwareDriver();
      const [mine, added] = Deno.env.get(name)?.split(":") ?? [];
      assertEquals(mine, "/etc/mine.json");
      assert(added.endsWith("/vk_swiftshader_icd.json"));
      assertEquals(Deno.env.get("VK_ADD_DRIVER_FILES"), undefined);
    }
  },
});

Deno.test("loadSoftwareDriver() refuses other platforms", async () => {
  const { process } = globalThis;
  try {
    globalThis.process = { platform: "darwin", arch: "arm64" } as never;
    await assertRejects(
      loadSoftwareDriver,
      Error,
      'on platform "darwin arm64": it needs Deno or Node on "linux x64"',
    );
  } finally {
    globalThis.process = process;
  }
});
