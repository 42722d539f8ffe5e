import { assertEquals } from "@std/assert";
import { anyAdapter } from "./any_adapter.ts";
import { skipGpuTests, testDevices } from "./test_devices.ts";

Deno.test("anyAdapter() is software where ROCKPOOL_GPU says so", async () => {
  const before = Deno.env.get("ROCKPOOL_GPU");
  try {
    Deno.env.set("ROCKPOOL_GPU", "software");
    assertEquals(await anyAdapter(), "software");
  } finally {
    if (before === undefined) Deno.env.delete("ROCKPOOL_GPU");
    else Deno.env.set("ROCKPOOL_GPU", before);
  }
});

Deno.test({
  name: "anyAdapter() says the same each time",
  ignore: skipGpuTests,
  async fn() {
    assertEquals(await anyAdapter(), testDevices[0].options.adapter);
  },
});
