import { equalShapes, formatShape, type Value } from "@rockpool/core";
import { fillZero } from "./runtime.ts";
import type { ValueScope } from "./value_scope.ts";

/** An output, what arrives at it, and what it is differentiated by. */
export interface GradientCall<V extends Value> {
  readonly y: V;
  readonly dy: V;
  readonly of: readonly V[];
}

/**
 * The gradients of `sum(y * dy)`; zeros for what y does not depend on.
 *
 * @throws {TypeError} where nothing was recorded, a value is no float32, or y
 * depends on a gradient that depends on what it is differentiated by
 * @throws {RangeError} where y and dy differ in shape
 */
export function gradientsOf<V extends Value>(
  scope: ValueScope<V>,
  { y, dy, of }: GradientCall<V>,
): V[] {
  if (!scope.isTraining) {
    throw new TypeError(
      `Cannot differentiate in a session with mode "infer": mode "train" is needed`,
    );
  }
  if (y.dtype !== "float32" || dy.dtype !== "float32") {
    throw new TypeError(
      `Cannot differentiate ${y.dtype} with a gradient of ${dy.dtype}: float32 is needed`,
    );
  }
  if (!equalShapes(y.shape, dy.shape)) {
    throw new RangeError(
      `Cannot differentiate an output of shape ${
        formatShape(y.shape)
      } with a gradient of shape ${
        formatShape(dy.shape)
      }: the same shape is needed`,
    );
  }
  const outputs = scope.orNothing(() => {
    const gradients = scope.tape.walk({ value: y, gradient: dy }, of, {
      add: (a, b) => scope.add(a, b),
      release: (gradient) => scope.release(gradient),
    });
    return of.map((x) => {
      const known = gradients.get(x);
      if (known && known !== dy) return known;
      const zeros = scope.allocate(x.shape, "float32");
      fillZero(scope, zeros);
      if (!known) return zeros;
      // The gradient of y itself is a copy, which the caller may free.
      const copy = scope.add(known, zeros);
      scope.release(zeros);
      return copy;
    });
  });
  scope.record({ inputs: [y, dy], outputs, kept: [] });
  return outputs;
}
