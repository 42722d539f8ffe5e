import { decodeImage, type ImageTensor } from "@rockpool/cli/image";
import { ROOT } from "./workspace.ts";

/** The face of the cat, where details can be told apart. */
const CROP = { top: 60, left: 100, height: 140, width: 180 };

/** The part of the photograph in `docs/images` that pictures are made of. */
export async function readFace(): Promise<ImageTensor> {
  const path = `${ROOT}docs/images/chelsea.png`;
  return crop(decodeImage(await Deno.readFile(path), path));
}

function crop({ shape, data }: ImageTensor): ImageTensor {
  const { top, left, height, width } = CROP;
  const [, channels, rows, columns] = shape;
  const cut = new Float32Array(channels * height * width);
  for (let plane = 0; plane < channels; plane++) {
    for (let row = 0; row < height; row++) {
      const from = (plane * rows + top + row) * columns + left;
      const to = (plane * height + row) * width;
      cut.set(data.subarray(from, from + width), to);
    }
  }
  return { shape: [1, channels, height, width], data: cut };
}
