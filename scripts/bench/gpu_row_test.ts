import { assertEquals } from "@std/assert";
import { bandwidthOf, type GpuRow, gpuTable, shareOfCopy } from "./gpu_row.ts";

const row: GpuRow = {
  case: "max 2×2/2",
  op: "max",
  direction: "forward",
  kernel_ms: 0.05,
  batched_ms: 0.08,
  end_to_end_ms: 12,
  bytes: 20e6,
  copy_ms: 0.045,
};

Deno.test("bandwidthOf() and shareOfCopy() take the kernel's time", () => {
  assertEquals(bandwidthOf(row), 400);
  assertEquals(Math.round(100 * shareOfCopy(row)), 90);
});

Deno.test("gpuTable() says where a device has no timestamps, and takes the batched time", () => {
  const [, cells] = gpuTable([{ ...row, kernel_ms: null }]);
  assertEquals(cells.slice(2), [
    "no timestamps",
    "0.080",
    "12.00",
    "250",
    "56 %",
  ]);
});
