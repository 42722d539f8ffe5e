import { formatShape, type Shape, sizeOf } from "@rockpool/core";

/** Items of a batch that one dispatch works on. */
export interface ItemChunk {
  readonly first: number;
  readonly count: number;
}

/** A tensor that is bound item by item where it is too large for one binding. */
export interface ItemTensor {
  readonly shape: Shape;
  /** Bytes of one item. */
  readonly itemBytes: number;
  /** Whether parts are copied before, so that each begins where a buffer does. */
  readonly isCopied?: boolean;
}

/** What limits how much of a buffer can be bound at once, in bytes. */
export interface BindingLimits {
  readonly size: number;
  /** What each binding's beginning must be a multiple of. */
  readonly alignment: number;
}

/**
 * Divides a batch so that no tensor's part exceeds what can be bound.
 *
 * @throws {RangeError} where even the fewest items that can be bound, given
 * the alignment, are too large
 */
export function itemChunks(
  items: number,
  tensors: readonly ItemTensor[],
  limits: BindingLimits,
): ItemChunk[] {
  const largest = tensors.reduce((a, b) => a.itemBytes > b.itemBytes ? a : b);
  if (items * largest.itemBytes <= limits.size) {
    return [{ first: 0, count: items }];
  }
  const step = Math.max(
    ...tensors.map(({ itemBytes, isCopied }) =>
      isCopied ? 1 : alignedItems(itemBytes, limits)
    ),
  );
  const fitting = Math.floor(limits.size / largest.itemBytes);
  const count = fitting - (fitting % step);
  if (count === 0) {
    throw new RangeError(
      `Cannot run on a tensor of shape ${
        formatShape(largest.shape)
      } on the GPU: ${
        step === 1 ? "one item" : `${Math.min(step, items)} items`
      } must be bound at once and take ${
        Math.min(step, items) * largest.itemBytes
      } bytes, the device binds at most ${limits.size}`,
    );
  }
  const chunks: ItemChunk[] = [];
  for (let first = 0; first < items; first += count) {
    chunks.push({ first, count: Math.min(count, items - first) });
  }
  return chunks;
}

/**
 * Checks that a tensor of 4-byte elements can be bound as a whole.
 *
 * @throws {RangeError} if it is too large
 */
export function assertBindable(shape: Shape, limits: BindingLimits): void {
  const bytes = 4 * sizeOf(shape);
  if (bytes <= limits.size) return;
  throw new RangeError(
    `Cannot run on a tensor of shape ${
      formatShape(shape)
    } on the GPU: it must be bound as a whole and takes ${bytes} bytes, the device binds at most ${limits.size}`,
  );
}

/** The fewest items whose bytes are a multiple of the alignment, a power of 2. */
function alignedItems(itemBytes: number, { alignment }: BindingLimits): number {
  let step = 1;
  while ((step * itemBytes) % alignment !== 0) step *= 2;
  return step;
}
