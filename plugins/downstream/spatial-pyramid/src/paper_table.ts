import type { Table } from "@rockpool/kernel";

/**
 * The n windows of section 2.3 of the paper along an axis of a elements: ⌈a / n⌉
 * elements each, one every ⌊a / n⌋.
 *
 * @throws {RangeError} where that does not make n windows
 */
export function paperTable(
  length: number,
  { windows, name }: { readonly windows: number; readonly name: string },
): Table {
  const size = Math.ceil(length / windows);
  const stride = Math.floor(length / windows);
  const made = stride > 0 ? Math.floor((length - size) / stride) + 1 : 0;
  if (made !== windows) {
    throw new RangeError(
      `Cannot pool an input of ${name} ${length} at level ${windows}: windows "paper" of ${size} every ${stride} are ${made}, ${windows} are needed, windows "adaptive" fit any length`,
    );
  }
  const starts = Array.from({ length: windows }, (_, i) => i * stride);
  return { starts, counts: starts.map(() => size) };
}
