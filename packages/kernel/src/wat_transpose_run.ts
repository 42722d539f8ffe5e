import type { WatMachine } from "./wat_machine.ts";
import { emitWatTranspose } from "./wat_transpose.ts";

/** Matrices, where they lie and where they are to be transposed. */
export interface Transposition {
  /** Where they lie. */
  readonly from: number;
  /** Where they go. */
  readonly to: number;
  /** How many there are. */
  readonly items: number;
  /** Rows of each. */
  readonly rows: number;
  /** Columns of each. */
  readonly columns: number;
}

/** Transposes matrices of 4-byte elements on the CPU. */
export function transposeMatrices(
  machine: WatMachine,
  { items, ...values }: Transposition,
): void {
  const { rows, columns } = values;
  const strips = Math.ceil(columns / 4);
  machine.run(emitWatTranspose, {
    values: { ...values, strips },
    count: items * strips,
    work: items * rows * columns,
  });
}
