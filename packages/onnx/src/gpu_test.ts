import { anyAdapter, gpu } from "@rockpool/gpu";
import { interpreter } from "@rockpool/kernel";
import { assertEquals } from "@std/assert";
import { difference, runCase } from "./test_compare.ts";
import { Draws, drawWindowed, type NodeCase } from "./test_nodes.ts";

const draws = new Draws(11);
const cases: readonly NodeCase[] =
  (["MaxPool", "AveragePool", "LpPool"] as const)
    .flatMap((opType) => [
      drawWindowed(draws, opType),
      drawWindowed(draws, opType, { wide: true }),
    ]);

for (const implementation of ["dawn", "navigator"] as const) {
  Deno.test({
    name: `nodes give on a GPU what the interpreter gives [${implementation}]`,
    ignore: Deno.env.get("ROCKPOOL_GPU") === "skip",
    async fn() {
      const adapter = await anyAdapter();
      using backend = await gpu({ adapter, implementation });
      for (const node of cases) {
        const expected = await runCase(interpreter(), node);
        const actual = await runCase(backend, node);
        const found = expected.map((y, i) => difference(actual[i], y));
        assertEquals(found, expected.map(() => undefined));
      }
      assertEquals(backend.memory().live, 0);
    },
  });
}
