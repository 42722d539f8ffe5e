import type { Kernel } from "@rockpool/core";
import { Expression } from "./expression.ts";
import { signatures } from "./operation.ts";
import { topological } from "./traverse.ts";
import { WindowKernel } from "./window_kernel.ts";

/** Kernels of other copies of this package, as kernels of this one. */
const owned = new WeakMap<Kernel, WindowKernel>();

/**
 * A kernel as one of this copy of the package.
 *
 * Where a plugin depends on another version there are two copies, whose
 * expressions would not know each other: so the formula is written again.
 *
 * @throws {TypeError} where it is no kernel of `windowKernel`, or has operations
 * that this version lacks
 */
export function ownKernel(kernel: Kernel): WindowKernel {
  if (kernel instanceof WindowKernel) return kernel;
  let own = isWindowKernel(kernel) ? owned.get(kernel) : undefined;
  if (own) return own;
  own = rewrite(kernel);
  owned.set(kernel, own);
  return own;
}

function rewrite(kernel: Kernel): WindowKernel {
  if (!isWindowKernel(kernel)) {
    throw new TypeError(
      `Cannot run kernel ${kernel?.name}: it was not made by windowKernel of @rockpool/kernel`,
    );
  }
  const { name, inputs, leaves, outputs } = kernel;
  const rewritten = new Map<Expression, Expression>();
  for (const x of topological(Object.values(outputs))) {
    if (!Object.hasOwn(signatures, x.operation)) {
      throw new TypeError(
        `Cannot run kernel ${name}: it was made by another version of @rockpool/kernel, which has "${x.operation}"; this one does not`,
      );
    }
    const operands = x.operands.map((it) => rewritten.get(it)!);
    rewritten.set(x, Expression.of(x.operation, operands, x));
  }
  const own = Object.entries(outputs)
    .map(([output, x]) => [output, rewritten.get(x)!]);
  return new WindowKernel(name, inputs, leaves, Object.fromEntries(own));
}

/** Whether something has the parts of a kernel, whichever copy made it. */
function isWindowKernel(kernel: Kernel | undefined): kernel is WindowKernel {
  const { inputs, leaves, outputs } = (kernel ?? {}) as Partial<WindowKernel>;
  return Array.isArray(inputs) && typeof leaves === "object" &&
    typeof outputs === "object" &&
    Object.values(outputs).every((it) => Array.isArray(it?.operands));
}
