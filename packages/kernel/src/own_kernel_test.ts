import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Expression } from "./expression.ts";
import { interpretWindow } from "./interpret_window.ts";
import { ownKernel } from "./own_kernel.ts";
import { topological } from "./traverse.ts";
import { WindowKernel, windowKernel } from "./window_kernel.ts";

const variance = windowKernel("variance", ["x"], ({ x, scale }, fold) => {
  const excess = x.sub(fold.mean(x)).mul(scale);
  return fold.mean(excess.mul(excess)).add(-0);
}, { scalars: ["scale"] });

/** A kernel as another copy of this package makes it: the same parts. */
function foreign(kernel: WindowKernel): WindowKernel {
  const copies = new Map<Expression, Expression>();
  for (const x of topological(Object.values(kernel.outputs))) {
    const operands = x.operands.map((it) => copies.get(it)!);
    const id = x.id + 1_000_000;
    copies.set(x, { ...x, id, operands } as unknown as Expression);
  }
  const outputs = Object.fromEntries(
    Object.entries(kernel.outputs).map(([name, x]) => [name, copies.get(x)!]),
  );
  return { ...kernel, outputs };
}

Deno.test("ownKernel() gives a kernel of this copy back", () => {
  assert(ownKernel(variance) === variance);
});

Deno.test("ownKernel() writes the formula of another copy again, once", () => {
  const other = foreign(variance);
  const own = ownKernel(other);
  assert(own instanceof WindowKernel);
  assert(own.outputs.y === variance.outputs.y);
  assertEquals(
    interpretWindow(own, { x: [1, 3] }, { scale: 2 }),
    interpretWindow(variance, { x: [1, 3] }, { scale: 2 }),
  );
  assert(ownKernel(other) === own);
});

Deno.test("ownKernel() refuses what is no kernel, and what it does not know", () => {
  assertThrows(
    () => ownKernel({ name: "soft" }),
    TypeError,
    "Cannot run kernel soft: it was not made by windowKernel",
  );
  const y = { ...variance.outputs.y, operation: "cbrt", operands: [] };
  const newer = { ...variance, outputs: { y } } as unknown as WindowKernel;
  assertThrows(
    () => ownKernel(newer),
    TypeError,
    'which has "cbrt"; this one does not',
  );
});
