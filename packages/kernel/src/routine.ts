import type { Context, Routine, Value } from "@rockpool/core";
import { addShare } from "./runtime.ts";
import type { ValueScope } from "./value_scope.ts";

/**
 * Runs a routine, of which only its output is left and, where calls are
 * recorded, what it keeps for its gradient.
 *
 * @throws {TypeError} where what it gives is no value of the session
 */
export function runRoutine<V extends Value>(
  cx: Context,
  scope: ValueScope<V>,
  { routine, inputs }: {
    readonly routine: Routine;
    readonly inputs: readonly V[];
  },
): V {
  const { records } = scope;
  const { y, kept } = scope.unrecorded(
    () => routine.forward(cx, inputs),
    ({ y, kept }) => records ? [y, ...kept] : [y],
  );
  const output = scope.own(y, `give, as ${routine.name} does,`);
  scope.record({
    inputs,
    outputs: [output],
    kept: kept as readonly V[],
    backward([arriving]) {
      const gradient = arriving!;
      const gradients = scope.unrecorded(
        () => routine.backward(cx, { inputs, y, kept, gradient }),
        (gradients) => gradients,
      );
      const shares = new Map<V, V>();
      for (const [index, share] of gradients.entries()) {
        if (!share) continue;
        // What arrives is not the routine's to give on.
        const own = share === gradient
          ? scope.view(gradient, gradient.shape)
          : share as V;
        addShare(scope, shares, { of: inputs[index], share: own });
      }
      return shares;
    },
  });
  return output;
}
