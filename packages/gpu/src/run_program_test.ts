import { assertEquals } from "@std/assert";
import type { Geometry } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import {
  kernels,
  type Random,
  randomCall,
  randomFrom,
  randomKernel,
  randomRegions,
  randomSlide,
  randomTables,
} from "./test_calls.ts";
import { differences } from "./test_compare.ts";
import { gpuTest } from "./test_devices.ts";

const windows: Record<string, (random: Random) => Geometry> = {
  "sliding windows": randomSlide,
  "windows from tables": randomTables,
  "regions": randomRegions,
};

for (const [kind, randomWindows] of Object.entries(windows)) {
  gpuTest(
    `kernels and gradients over ${kind} agree with the interpreter`,
    async (open) => {
      using backend = new Gpu(open);
      const faults: string[] = [];
      for (const [index, kernel] of kernels.entries()) {
        const random = randomFrom(index);
        for (let round = 0; round < 6; round++) {
          const call = randomCall(random, kernel, randomWindows(random));
          faults.push(...await differences(backend, call));
        }
      }
      assertEquals(faults, []);
    },
  );
}

gpuTest(
  "random kernels and their gradients agree with the interpreter",
  async (open) => {
    using backend = new Gpu(open);
    const faults: string[] = [];
    const random = randomFrom(99);
    for (let round = 0; round < 24; round++) {
      const kernel = randomKernel(random, `random-${round}`);
      const call = randomCall(random, kernel, randomSlide(random));
      faults.push(...await differences(backend, call));
    }
    assertEquals(faults, []);
  },
);
