import { assertEquals } from "@std/assert";
import { BufferUsage, MapMode, ShaderStage } from "./usage_flags.ts";

function assertSameBits(
  ours: Record<string, number>,
  theirs: Record<string, number>,
): void {
  for (const [name, bit] of Object.entries(ours)) {
    assertEquals(bit, theirs[name], name);
  }
}

Deno.test("the usage flags are those of the runtime", () => {
  assertSameBits(BufferUsage, GPUBufferUsage as never);
  assertSameBits(MapMode, GPUMapMode as never);
  assertSameBits(ShaderStage, GPUShaderStage as never);
});
