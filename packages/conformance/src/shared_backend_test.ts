import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { sharedBackend } from "./shared_backend.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

const calls: string[] = [];
const counted: TestBackend = {
  name: "counted",
  isShared: true,
  open() {
    calls.push("open");
    const backend = interpreter();
    return Promise.resolve({
      ...backend,
      [Symbol.dispose]: () => calls.push("dispose"),
    });
  },
};
// What is registered first runs last.
Deno.test.afterAll(() => assertEquals(calls, ["open", "dispose"]));
const shared = sharedBackend(counted);

for (const turn of ["first", "second"]) {
  Deno.test(`sharedBackend() opens one backend for all tests: ${turn}`, async () => {
    using backend = await shared.open();
    using session = backend.session();
    session.empty([3]);
    assertEquals(backend.memory().live, 24);
  });
}

Deno.test("sharedBackend() keeps the backend open from test to test", () => {
  assertEquals(calls, ["open"]);
});

Deno.test("sharedBackend() gives the same to all that share", () => {
  assertStrictEquals(sharedBackend(counted), shared);
});

Deno.test("sharedBackend() leaves others as they are", () => {
  assertStrictEquals(sharedBackend(testInterpreter), testInterpreter);
});
