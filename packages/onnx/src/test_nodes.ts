import type { PoolingType } from "./operators.ts";
import type { OnnxTensor } from "./tensors.ts";

/** A node as tests write it: attributes, and tensors for its inputs. */
export interface NodeCase {
  readonly opType: PoolingType;
  readonly opset: number;
  readonly attributes: Readonly<Record<string, TestAttribute>>;
  readonly outputs: number;
  readonly inputs: readonly OnnxTensor[];
}

/** An attribute: one that is `{ float }` is no integer. */
export type TestAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number };

/** Numbers drawn one after the other, the same for one seed (mulberry32). */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A number in [0, 1). */
  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.number() * (most - least + 1));
  }

  /** One of these. */
  of<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)];
  }

  /** A list. */
  list<T>(length: number, draw: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => draw(index));
  }
}

/** A float32 tensor of numbers around 0, ties among them. */
export function drawTensor(draws: Draws, dims: readonly number[]): OnnxTensor {
  const size = dims.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length: size },
    () => draws.integer(-40, 40) / 8,
  );
  return { type: "float32", dims, data };
}

const WINDOWED: Readonly<
  Partial<Record<PoolingType, readonly { since: number; name: string }[]>>
> = {
  MaxPool: [
    { since: 8, name: "storage_order" },
    { since: 10, name: "ceil_mode" },
    { since: 10, name: "dilations" },
  ],
  AveragePool: [
    { since: 7, name: "count_include_pad" },
    { since: 10, name: "ceil_mode" },
    { since: 19, name: "dilations" },
  ],
  LpPool: [
    { since: 2, name: "p" },
    { since: 18, name: "ceil_mode" },
    { since: 18, name: "dilations" },
  ],
};

/** Opsets that changed an operator, and one in between. */
const OPSETS: Readonly<Partial<Record<PoolingType, readonly number[]>>> = {
  MaxPool: [1, 8, 10, 11, 12, 22],
  AveragePool: [7, 10, 11, 19, 22],
  LpPool: [2, 11, 18, 22],
};

/**
 * A node with sliding windows that ONNX allows; those with `wide` have padding
 * of a window and more, which ONNX Runtime refuses.
 */
export function drawWindowed(
  draws: Draws,
  opType: "MaxPool" | "AveragePool" | "LpPool",
  { wide = false }: { readonly wide?: boolean } = {},
): NodeCase {
  const axes = draws.integer(1, 3);
  const opset = wide ? 22 : draws.of(OPSETS[opType] as number[]);
  const has = (name: string) =>
    WINDOWED[opType]?.some((it) => it.name === name && opset >= it.since);
  const kernel = draws.list(axes, () => draws.integer(1, 4));
  const autoPad = wide
    ? "NOTSET"
    : draws.of(["NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
  const isSame = autoPad.startsWith("SAME");
  // With auto_pad ONNX Runtime reads ceil_mode, dilations and strides that are
  // longer than a window in ways of its own.
  const dilations = draws.list(
    axes,
    () => has("dilations") && !isSame ? draws.integer(1, 3) : 1,
  );
  const reach = kernel.map((size, a) => (size - 1) * dilations[a] + 1);
  const spatial = reach.map((length) => length + draws.integer(0, 6));
  const ceil = has("ceil_mode") && autoPad === "NOTSET" && draws.integer(0, 1);
  const pads = draws.list(2 * axes, (index) => {
    const size = kernel[index % axes];
    return draws.integer(0, wide ? 2 * size + 1 : size - 1);
  });
  const attributes: Record<string, TestAttribute> = {
    kernel_shape: kernel,
    ...draws.integer(0, 3) > 0
      ? {
        strides: draws.list(
          axes,
          (a) => draws.integer(1, isSame ? kernel[a] : 4),
        ),
      }
      : {},
    ...autoPad === "NOTSET" ? { pads } : { auto_pad: autoPad },
    ...has("dilations") ? { dilations } : {},
    ...ceil ? { ceil_mode: 1 } : {},
    ...has("p") ? { p: draws.integer(1, 4) } : {},
    ...has("count_include_pad") && draws.integer(0, 1)
      ? { count_include_pad: 1 }
      : {},
  };
  const outputs = has("storage_order") && draws.integer(0, 1) ? 2 : 1;
  if (outputs === 2 && draws.integer(0, 1)) attributes.storage_order = 1;
  const dims = [draws.integer(1, 2), draws.integer(1, 3), ...spatial];
  return {
    opType,
    opset,
    attributes,
    outputs,
    inputs: [drawTensor(draws, dims)],
  };
}
