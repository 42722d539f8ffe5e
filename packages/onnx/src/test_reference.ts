import { sizeOf } from "@rockpool/core";
import type { NodeCase } from "./test_nodes.ts";

/** What a node with sliding windows gives, as plain loops say it. */
export interface Reference {
  readonly dims: readonly number[];
  readonly data: readonly number[];
  readonly indices: readonly bigint[];
}

/** What a tap of a window reads; undefined outside the input. */
interface Tap {
  readonly x: number | undefined;
  /** Whether it lies in the input or its padding. */
  readonly counts: boolean;
  readonly index: number;
}

/**
 * A node with sliding windows, computed from the words of ONNX's operator
 * documentation and from nothing else of this package. `auto_pad` is not read.
 */
export function reference(node: NodeCase): Reference {
  const { attributes, inputs: [{ dims, data }] } = node;
  const x = data as Float32Array;
  const [items, channels, ...spatial] = dims;
  const axes = spatial.length;
  const list = (name: string, length: number, otherwise: number) =>
    (attributes[name] ?? Array<number>(length).fill(otherwise)) as number[];
  const kernel = list("kernel_shape", axes, 1);
  const strides = list("strides", axes, 1);
  const dilations = list("dilations", axes, 1);
  const pads = list("pads", 2 * axes, 0);
  const output = spatial.map((length, a) => {
    const padded = length + pads[a] + pads[a + axes];
    const room = padded - (kernel[a] - 1) * dilations[a] - 1;
    if (!attributes.ceil_mode) return Math.floor(room / strides[a]) + 1;
    const count = Math.ceil(room / strides[a]) + 1;
    const isBehind = (count - 1) * strides[a] >= length + pads[a];
    return isBehind ? count - 1 : count;
  });
  const results: number[] = [];
  const indices: bigint[] = [];
  const plane = sizeOf(spatial);
  for (let p = 0; p < items * channels; p++) {
    for (const window of positions(output)) {
      const taps: Tap[] = [];
      for (const tap of positions(kernel)) {
        const at = tap.map((t, a) =>
          window[a] * strides[a] + t * dilations[a] - pads[a]
        );
        const inside = at.every((i, a) => i >= 0 && i < spatial[a]);
        const counts = at.every((i, a) => i < spatial[a] + pads[a + axes]);
        const row = at.reduce((sum, i, a) => sum * spatial[a] + i, 0);
        const column = at.reduceRight((sum, i, a) => sum * spatial[a] + i, 0);
        taps.push({
          x: inside ? x[p * plane + row] : undefined,
          counts,
          index: p * plane + (attributes.storage_order ? column : row),
        });
      }
      const { value, index } = poolOf(node, taps);
      results.push(value);
      indices.push(BigInt(index));
    }
  }
  return { dims: [items, channels, ...output], data: results, indices };
}

function poolOf(
  { opType, attributes }: NodeCase,
  taps: readonly Tap[],
): { value: number; index: number } {
  const inside = taps.filter(({ x }) => x !== undefined);
  const numbers = inside.map(({ x }) => x as number);
  if (opType === "MaxPool") {
    const value = Math.max(...numbers);
    return { value, index: inside.find(({ x }) => x === value)?.index ?? -1 };
  }
  if (opType === "AveragePool") {
    const divisor = attributes.count_include_pad
      ? taps.filter(({ counts }) => counts).length
      : inside.length;
    const sum = numbers.reduce((sum, x) => sum + x, 0);
    return { value: sum / Math.max(1, divisor), index: -1 };
  }
  const p = (attributes.p ?? 2) as number;
  const sum = numbers.reduce((sum, x) => sum + Math.abs(x) ** p, 0);
  return { value: sum ** (1 / p), index: -1 };
}

/** All positions of a box, the last axis fastest. */
function* positions(lengths: readonly number[]): Generator<number[]> {
  for (let index = 0; index < sizeOf(lengths); index++) {
    let rest = index;
    yield lengths.map((_, a) => {
      const inner = sizeOf(lengths.slice(a + 1));
      const at = Math.floor(rest / inner);
      rest %= inner;
      return at;
    });
  }
}
