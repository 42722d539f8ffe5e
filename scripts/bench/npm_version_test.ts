import { assertEquals, assertMatch } from "@std/assert";
import { npmVersion } from "./npm_version.ts";

Deno.test("npmVersion() gives the version of a constraint, without its peers", async () => {
  assertMatch(
    await npmVersion("@tensorflow/tfjs-backend-wasm"),
    /^4\.\d+\.\d+$/,
  );
  assertEquals(await npmVersion("onnxruntime-node"), "1.22.0");
});
