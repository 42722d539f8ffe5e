import {
  formatShape,
  type MatmulKernel,
  type MatmulOptions,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { Matrices, ProductSizes } from "./device.ts";
import type { PrimitiveKernel } from "./primitive_kernel.ts";
import { addShare, fillZero, type Runtime } from "./runtime.ts";
import type { TapeEntry } from "./tape.ts";
import { runWatMatmul } from "./wat_matmul_run.ts";

/** Two operands and how they are read. */
export interface MatmulCall<V extends Value> {
  readonly a: V;
  readonly b: V;
  readonly options: MatmulOptions;
}

/** A value as the matrices of a product, m × n once transposed. */
interface Operand<V extends Value> {
  readonly value: V;
  /** The number of matrices; undefined without a batch axis. */
  readonly batch: number | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Elements from one matrix, row and column to the next. */
  readonly strides: { batch: number; row: number; column: number };
}

/**
 * Multiplies matrices; also gives what walks the call back.
 *
 * @throws {TypeError} where an operand is no float32, or of another rank than 2
 * and 3
 * @throws {RangeError} where their sizes do not fit each other
 */
export function runMatmul<V extends Value>(
  runtime: Runtime<V>,
  { a, b, options }: MatmulCall<V>,
): { output: V; entry: TapeEntry<V> } {
  const left = operandOf(a, options.transposeA);
  const right = operandOf(b, options.transposeB);
  checkFit(left, right);
  const batch = left.batch ?? right.batch;
  const { rows } = left;
  const { columns } = right;
  const shape = batch === undefined ? [rows, columns] : [batch, rows, columns];
  const output = product(runtime, left, right, { shape, batch: batch ?? 1 });
  const entry: TapeEntry<V> = {
    inputs: [a, b],
    outputs: [output],
    kept: [],
    backward([gradient], wanted) {
      const g = operandOf(gradient!);
      const shares = new Map<V, V>();
      const gather = (of: V, share: () => V) => {
        if (wanted(of)) addShare(runtime, shares, { of, share: share() });
      };
      // In the order of memory: where an operand is read transposed, so is
      // its gradient computed.
      const sum = (operand: Operand<V>) => ({
        shape: operand.value.shape,
        batch: operand.batch ?? 1,
        groups: operand.batch === undefined ? batch ?? 1 : 1,
      });
      gather(
        a,
        () =>
          options.transposeA
            ? product(runtime, right, transposed(g), sum(left))
            : product(runtime, g, transposed(right), sum(left)),
      );
      gather(
        b,
        () =>
          options.transposeB
            ? product(runtime, transposed(g), left, sum(right))
            : product(runtime, transposed(left), g, sum(right)),
      );
      return shares;
    },
  };
  return { output, entry };
}

/** What multiplies matrices, for `matmul` of a session. */
export const matmulKernel: MatmulKernel = {
  name: "matmul",
  run: runMatmul,
} as PrimitiveKernel<typeof runMatmul>;

function operandOf<V extends Value>(value: V, transpose = false): Operand<V> {
  const { shape, dtype } = value;
  if (dtype !== "float32") {
    throw new TypeError(`Cannot multiply ${dtype} matrices: float32 is needed`);
  }
  if (shape.length !== 2 && shape.length !== 3) {
    throw new TypeError(
      `Cannot multiply a tensor of shape ${
        formatShape(shape)
      }: a matrix or a batch of matrices is needed`,
    );
  }
  const [rows, columns] = shape.slice(-2);
  const operand = {
    value,
    batch: shape.length === 3 ? shape[0] : undefined,
    rows,
    columns,
    strides: {
      batch: shape.length === 3 ? rows * columns : 0,
      row: columns,
      column: 1,
    },
  };
  return transpose ? transposed(operand) : operand;
}

function transposed<V extends Value>(operand: Operand<V>): Operand<V> {
  const { rows, columns, strides: { batch, row, column } } = operand;
  return {
    ...operand,
    rows: columns,
    columns: rows,
    strides: { batch, row: column, column: row },
  };
}

function checkFit(left: Operand<Value>, right: Operand<Value>): void {
  const batches = left.batch === undefined || right.batch === undefined ||
    left.batch === right.batch;
  if (left.columns === right.rows && batches) return;
  const [a, b] = [left, right].map(({ batch, rows, columns }) =>
    formatShape(batch === undefined ? [rows, columns] : [batch, rows, columns])
  );
  throw new RangeError(
    `Cannot multiply matrices of ${a} and ${b}: ${
      batches
        ? "the first must have as many columns as the second has rows"
        : "both must have the same batch, or one none"
    }`,
  );
}

/** A product into a tensor of its own; over the batch it sums in groups. */
function product<V extends Value>(
  runtime: Runtime<V>,
  left: Operand<V>,
  right: Operand<V>,
  { shape, batch, groups = 1 }: {
    readonly shape: Shape;
    readonly batch: number;
    readonly groups?: number;
  },
): V {
  const to = runtime.allocate(shape, "float32");
  const sizes: ProductSizes = {
    batch,
    groups,
    rows: left.rows,
    inner: left.columns,
    columns: right.columns,
  };
  if (sizeOf(shape) === 0) return to;
  if (sizes.inner * groups === 0) {
    fillZero(runtime, to);
    return to;
  }
  const matrices = (
    { value, strides }: Operand<V>,
    across: number,
    along: number,
  ): Matrices<V> => ({
    value,
    batch: groups > 1 ? 0 : strides.batch,
    group: groups > 1 ? strides.batch : 0,
    across,
    along,
  });
  runtime.device.multiply({
    a: matrices(left, left.strides.row, left.strides.column),
    b: matrices(right, right.strides.column, right.strides.row),
    to,
    sizes,
  }, runWatMatmul);
  return to;
}
