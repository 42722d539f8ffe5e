import type {
  DType,
  Eigen,
  Layout,
  ScatterOptions,
  Shape,
  Tensor,
  Value,
} from "@rockpool/core";
import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import type { Stream } from "./threefry.ts";
import type { PlacedValue, WatWork } from "./wat_machine.ts";

/** What a program is run on. */
export interface RunBindings<V extends Value> {
  /** The tensors that the program reads, by name. */
  readonly tensors: Readonly<Record<string, V>>;
  /** The numbers that it is given, by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /** The tensors that it writes, by name. */
  readonly outputs: Readonly<Record<string, V>>;
  /** Key of its random numbers. */
  readonly stream: Stream;
}

/**
 * What a backend must be able to do; a session does the rest. Sizes and kinds
 * are already checked when these are called, and no output is empty.
 *
 * What only some operators need comes with how the CPU does it.
 */
export interface Device<V extends Value> {
  /** Memory for a value; what it holds is not defined. */
  allocate(shape: Shape, dtype: DType): V;
  /** Whether a value is one of this device that is not freed. */
  holds(value: Value): boolean;
  /** The memory of a value as another one of as many elements. */
  view(value: V, shape: Shape): V;
  /** Gives the memory of a value back, once none of its views is left. */
  free(value: V): void;
  /** Copies numbers into a value. */
  write(value: V, data: Tensor["data"]): void;
  /** Copies a value to host memory. */
  read(value: V): Promise<Tensor>;
  /** The numbers of a value where the host has them at hand. */
  peek(value: V): Tensor["data"] | undefined;
  /** Runs a program. */
  run(program: Program, geometry: Geometry, bindings: RunBindings<V>): void;
  /**
   * Writes zeros, then values to where indices say; the later of two wins. An
   * index outside its plane, such as −1, places nothing.
   *
   * @returns whether all indices, as far as the host can tell, are −1 or lie
   * inside; if not, what was written is of no use
   */
  scatter(
    move: PlaneMove<V>,
    work: WatWork<PlaneMove<PlacedValue>, boolean>,
  ): boolean;
  /** Reads values from where indices say; 0 for an index outside its plane. */
  take(move: PlaneMove<V>, work: WatWork<PlaneMove<PlacedValue>>): void;
  /** Multiplies matrices. */
  multiply(
    product: MatrixProduct<V>,
    work: WatWork<MatrixProduct<PlacedValue>>,
  ): void;
  /** Copies rows. */
  copyRows(copy: RowCopy<V>): void;
  /** Sums positions of planes. */
  sumPositions(
    sums: PositionSums<V>,
    work: WatWork<PositionSums<PlacedValue>>,
  ): void;
  /**
   * The eigenvalues and eigenvectors of x xᵀ for each x; NaN for one that holds
   * a number that is none or infinite.
   */
  eigen(call: EigenCall<V>, work: WatWork<EigenCall<PlacedValue>>): void;
}

/** Matrices to decompose, and where their eigenvalues go. */
export interface EigenCall<V extends Value> {
  /** The matrices. */
  readonly x: V;
  /** What is written. */
  readonly to: Eigen<V>;
}

/**
 * Rows of one tensor that are copied into another:
 * `to[start + r · step + i] = from[start + r · step + i]`, each side with its
 * own start and step.
 */
export interface RowCopy<V extends Value> {
  /** Where rows are read. */
  readonly from: Rows<V>;
  /** Where they are written. */
  readonly to: Rows<V>;
  /** The number of rows. */
  readonly rows: number;
  /** The elements of a row. */
  readonly length: number;
}

/** Where the rows of a tensor lie, in elements. */
export interface Rows<V extends Value> {
  /** The tensor. */
  readonly value: V;
  /** Where the first row begins. */
  readonly start: number;
  /** From one row to the next. */
  readonly step: number;
}

/**
 * Weighted sums of the positions of planes, the same in every channel:
 * `to[r] = Σ weights[e] · from[entries[e]]` for e from `offsets[r]` up to
 * `offsets[r + 1]`, in that order. Rows and entries count positions, plane by
 * plane, through all items, or, where sums are repeated, through a part of them:
 * both tensors then have as many parts, one behind the other, each summed alike.
 */
export interface PositionSums<V extends Value> {
  /** What is read. */
  readonly from: V;
  /** What is written. */
  readonly to: V;
  /** What is summed. */
  readonly sums: SparseRows;
  /** The parts of both tensors that are summed alike; 1 is all of them. */
  readonly repeats: number;
  /** Positions of a plane that is read, and of one that is written. */
  readonly planes: { readonly from: number; readonly to: number };
  /** Channels of an item. */
  readonly channels: number;
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
}

/** A sparse matrix by rows. */
export interface SparseRows {
  /** Where each row's entries begin, and at last where all end. */
  readonly offsets: Int32Array;
  /** The column of each entry. */
  readonly entries: Int32Array;
  /** The number at each entry. */
  readonly weights: Float32Array;
}

/**
 * Products of matrices that are read from anywhere in two tensors:
 * `to[n, i, j] = Σ_g Σ_k a[n, g, i, k] · b[n, g, k, j]`, with `to` row-major.
 */
export interface MatrixProduct<V extends Value> {
  /** The left matrices; `along` goes over k. */
  readonly a: Matrices<V>;
  /** The right matrices; `along` goes over k. */
  readonly b: Matrices<V>;
  /** What is written: `batch` matrices of `rows` × `columns`. */
  readonly to: V;
  /** How many there are of each index. */
  readonly sizes: ProductSizes;
}

/** The ranges of the indices n, g, i, k and j of a {@linkcode MatrixProduct}. */
export interface ProductSizes {
  /** n: results. */
  readonly batch: number;
  /** g: products that are summed to one result. */
  readonly groups: number;
  /** i: rows of a result. */
  readonly rows: number;
  /** k: what a product sums over. */
  readonly inner: number;
  /** j: columns of a result. */
  readonly columns: number;
}

/** A tensor that is read as matrices: elements from one index to the next. */
export interface Matrices<V extends Value> {
  /** The tensor. */
  readonly value: V;
  /** From one result's matrix to the next one's; 0 where all share it. */
  readonly batch: number;
  /** From one matrix of a sum to the next. */
  readonly group: number;
  /** Along the result: rows of the left matrix, columns of the right one. */
  readonly across: number;
  /** Along what is summed over. */
  readonly along: number;
}

/** Values of one plane each that are moved by indices into another. */
export interface PlaneMove<V extends Value> {
  /** What is read. */
  readonly from: V;
  /** Positions in the large planes. */
  readonly indices: V;
  /** What is written. */
  readonly to: V;
  /** Items, channels, and the elements of a small (indexed) and a large plane. */
  readonly planes: PlaneSizes;
}

/** The sizes of planes whose elements are moved. */
export interface PlaneSizes {
  /** Items of the batch. */
  readonly items: number;
  /** Channels of an item. */
  readonly channels: number;
  /** Elements of a plane of indices. */
  readonly indexed: number;
  /** Elements of a plane that indices point into. */
  readonly target: number;
  /**
   * Elements of a row of indices, 4 or more, where planes that they point into
   * have twice as many rows that are twice as long.
   */
  readonly paired?: number;
  /** Channels before or after the spatial axes. */
  readonly layout: ScatterOptions["layout"];
}

/** The first index that neither lies inside a plane nor is −1, if there is one. */
export function strayIndex(
  indices: ArrayLike<number>,
  target: number,
): number | undefined {
  // Ten times as fast as an iterator over memory that threads share.
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] < -1 || indices[i] >= target) return indices[i];
  }
  return undefined;
}

/**
 * Calls a function with the place of each index that points into its plane, and
 * the place that it points to; later ones of a plane come later.
 */
export function forEachIndex(
  { items, channels, indexed, target, layout }: PlaneSizes,
  indices: ArrayLike<number>,
  visit: (small: number, large: number) => void,
): void {
  for (let item = 0; item < items; item++) {
    for (let channel = 0; channel < channels; channel++) {
      const place = (size: number, at: number) =>
        layout === "NCHW"
          ? (item * channels + channel) * size + at
          : (item * size + at) * channels + channel;
      for (let at = 0; at < indexed; at++) {
        const small = place(indexed, at);
        const index = indices[small];
        if (index >= 0 && index < target) visit(small, place(target, index));
      }
    }
  }
}
