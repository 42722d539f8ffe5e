import type { Layout, Shape } from "@rockpool/core";
import type { ImageTensor } from "./image.ts";

/** The shape that a picture of this layout has in its file, channels first. */
export function fileShape(shape: Shape, layout: Layout): Shape {
  if (layout === "NCHW" || shape.length !== 4) return shape;
  const [batch, height, width, channels] = shape;
  return [batch, channels, height, width];
}

/** A picture as read from a file, with its channels where the layout wants them. */
export function fromFile(image: ImageTensor, layout: Layout): ImageTensor {
  if (layout === "NCHW") return image;
  const [batch, channels, height, width] = image.shape;
  return {
    shape: [batch, height, width, channels],
    data: transpose(image.data, channels, height * width),
  };
}

/** The inverse of {@linkcode fromFile}, for one picture. */
export function toFile(image: ImageTensor, layout: Layout): ImageTensor {
  const shape = fileShape(image.shape, layout);
  if (shape === image.shape) return image;
  const [, channels, height, width] = shape;
  return { shape, data: transpose(image.data, height * width, channels) };
}

function transpose(
  source: Float32Array,
  rows: number,
  columns: number,
): Float32Array {
  const result = new Float32Array(source.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = source[row * columns + column];
    }
  }
  return result;
}
