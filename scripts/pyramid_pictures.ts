import type { ImageTensor } from "@rockpool/cli/image";
import type { Tensor } from "@rockpool/core";
import { adaptiveTable } from "@rockpool/kernel";

/** Each level of what `spatial-pyramid` gives for a photograph, as a picture. */
export function levelPictures(
  { data }: Tensor,
  levels: readonly number[],
): ImageTensor[] {
  const windows = levels.reduce((sum, level) => sum + level ** 2, 0);
  const channels = data.length / windows;
  let start = 0;
  return levels.map((level) => {
    const end = start + channels * level ** 2;
    const picture = Float32Array.from(data.subarray(start, end));
    start = end;
    return { shape: [1, channels, level, level], data: picture };
  });
}

/** A picture whose pixels are repeated, so that it has another's size. */
export function stretchedTo(
  { shape: [, , height, width] }: ImageTensor,
  { shape: [, channels, rows, columns], data }: ImageTensor,
): ImageTensor {
  const stretched = new Float32Array(channels * height * width);
  for (let to = 0; to < stretched.length; to++) {
    const [line, x] = [Math.floor(to / width), to % width];
    const [plane, y] = [Math.floor(line / height), line % height];
    const row = plane * rows + Math.floor((y * rows) / height);
    stretched[to] = data[row * columns + Math.floor((x * columns) / width)];
  }
  return { shape: [1, channels, height, width], data: stretched };
}

/** A picture with white lines where the windows of levels start, wider where there are fewer. */
export function withGrid(
  { shape, data }: ImageTensor,
  levels: readonly number[],
): ImageTensor {
  const [, channels, height, width] = shape;
  const drawn = Float32Array.from(data);
  const finest = Math.max(...levels);
  for (const level of levels) {
    const half = Math.log2(finest / level);
    const isLine = (length: number) => {
      const { starts } = adaptiveTable(length, level);
      const lines = Array.from(starts).slice(1);
      return Array.from(
        { length },
        (_, at) => lines.some((line) => Math.abs(line - at) <= half),
      );
    };
    const [rows, columns] = [isLine(height), isLine(width)];
    for (let at = 0; at < channels * height * width; at++) {
      const row = Math.floor(at / width) % height;
      if (rows[row] || columns[at % width]) drawn[at] = 1;
    }
  }
  return { shape, data: drawn };
}
