import { assert, assertEquals, assertFalse } from "@std/assert";
import { leaf } from "./expression.ts";
import { fold } from "./fold.ts";
import { foldPasses, makeProgram } from "./program.ts";
import { windowKernel } from "./window_kernel.ts";

const x = leaf("element", "x");

Deno.test("makeProgram() finds what its outputs read", () => {
  const value = fold.sum(x.mul(leaf("tap", "w"))).mul(leaf("channel", "c"))
    .add(leaf("scalar", "s")).add(leaf("perWindow", "dy"))
    .add(leaf("perWindowIndex", "at").asNumber());
  const program = makeProgram("window", "all", [{ name: "y", value }]);
  assertEquals(program.tensors, [
    { name: "x", role: "element", type: "f32" },
    { name: "w", role: "tap", type: "f32" },
    { name: "c", role: "channel", type: "f32" },
    { name: "dy", role: "perWindow", type: "f32" },
    { name: "at", role: "perWindow", type: "i32" },
  ]);
  assertEquals(program.scalars, ["s"]);
  assertFalse(program.random);
});

Deno.test("makeProgram() knows that a formula draws", () => {
  const { outputs: { y } } = windowKernel(
    "r",
    ["x"],
    (_, f, { elementRandom }) => f.sum(elementRandom(1)),
  );
  assert(makeProgram("window", "r", [{ name: "y", value: y }]).random);
});

Deno.test("foldPasses() puts a fold behind those that its body uses", () => {
  const greatest = fold.max(x);
  const weights = fold.sum(x.sub(greatest).exp());
  const total = fold.sum(x);
  const spread = fold.max(x.sub(weights).add(total));
  const outputs = [{ name: "y", value: spread.add(total) }];
  assertEquals(foldPasses(outputs), [[greatest, total], [weights], [spread]]);
});

Deno.test("foldPasses() of a formula without folds has none", () => {
  assertEquals(foldPasses([{ name: "y", value: leaf("count") }]), []);
});
