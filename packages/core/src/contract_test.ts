import { assertEquals, assertThrows } from "@std/assert";
import { checkContract, CONTRACT } from "./contract.ts";
import { defineRegistry, loadOperator } from "./registry.ts";
import type { PoolingOp } from "./op.ts";

const plain: PoolingOp = {
  name: "plain",
  summary: "",
  category: "generic",
  options: {},
  inputs: ["x"],
  shape: ({ x }) => x,
  forward: (_cx, { x }) => ({ y: x }),
};

Deno.test("checkContract() takes operators of this contract, and of none", () => {
  checkContract({ ...plain, contract: CONTRACT });
  checkContract(plain);
});

Deno.test("checkContract() takes what the caret of npm takes", () => {
  const cases = [
    ["0.1.0", "0.1.0", true],
    ["0.1.0", "0.1.3", true],
    ["0.1.3", "0.1.0", false],
    ["0.1.0", "0.2.0", false],
    ["0.2.0", "0.1.9", false],
    ["1.2.3", "1.10.0", true],
    ["1.10.0", "1.9.9", false],
    ["1.0.0", "2.0.0", false],
    ["0.0.1", "0.0.2", false],
  ] as const;
  for (const [contract, here, fits] of cases) {
    const check = () => checkContract({ name: "soft", contract }, here);
    if (fits) check();
    else assertThrows(check, TypeError, `${contract} of the contract`);
  }
});

Deno.test("checkContract() names both versions", () => {
  assertThrows(
    () => checkContract({ name: "soft", contract: "0.2.0" }, "0.1.0"),
    TypeError,
    "Cannot run soft: it was made for version 0.2.0 of the contract of @rockpool/core, and this session has version 0.1.0",
  );
});

Deno.test("loadOperator() refuses an operator of another contract", async () => {
  const registry = defineRegistry({
    plain: () => Promise.resolve({ default: plain }),
    old: () => Promise.resolve({ default: { ...plain, contract: "0.0.1" } }),
  });
  assertEquals(await loadOperator(registry, "plain"), plain);
  const { reason } = await loadOperator(registry, "old").then(
    () => ({ reason: undefined }),
    (reason) => ({ reason }),
  );
  assertThrows(
    () => {
      throw reason;
    },
    TypeError,
    "version 0.0.1",
  );
});
