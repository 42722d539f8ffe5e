/**
 * `deno task pictures`: draws the picture of each plugin's README from the
 * photograph in `docs/images`, in double precision, so the same everywhere.
 *
 * @module
 */
import {
  contactSheet,
  type ContactSheetEntry,
} from "@rockpool/cli/contact-sheet";
import { decodeImage, type ImageTensor } from "@rockpool/cli/image";
import type { PoolingOp } from "@rockpool/core";
import { average } from "@rockpool/average";
import { interpreter } from "@rockpool/kernel";
import { max, maxUnpool } from "@rockpool/max";
import { soft } from "@rockpool/soft";
import { ROOT } from "./workspace.ts";

/** The face of the cat, where details can be told apart. */
const CROP = { top: 60, left: 100, height: 140, width: 180 };

const path = `${ROOT}docs/images/chelsea.png`;
const photo = crop(decodeImage(await Deno.readFile(path), path));
using session = interpreter().session();
const x = session.upload(photo);

const pooled = session.run(max, { x }, {
  options: { kernelSize: 2, returnIndices: true },
});
const unpooled = session.run(
  maxUnpool,
  { x: pooled.y, indices: pooled.indices! },
  { options: { kernelSize: 2 } },
);
await draw("plugins/generic/max", [
  { title: "photograph", image: photo },
  await shown(max, { kernelSize: 5 }),
  {
    title: "max and max-unpool, kernelSize 2",
    image: await imageOf(unpooled.y),
  },
]);
await draw("plugins/generic/average", [
  { title: "photograph", image: photo },
  await shown(average, { kernelSize: 5 }),
  await shown(average, { kernelSize: 10 }),
]);
await draw("plugins/generic/soft", [
  { title: "photograph", image: photo },
  await shown(soft, { kernelSize: 5 }),
  await shown(soft, { kernelSize: 5, temperature: 20 }),
]);

/** An operator's output under its options. */
async function shown<Options extends object>(
  op: PoolingOp<Options, "x">,
  options: Partial<Options>,
): Promise<ContactSheetEntry> {
  const { y } = session.run(op, { x }, { options });
  const given = Object.entries(options)
    .map(([name, value]) => `${name} ${value}`);
  return {
    title: `${op.name}, ${given.join(", ")}`,
    image: await imageOf(y),
  };
}

async function imageOf(
  value: Parameters<typeof session.read>[0],
): Promise<ImageTensor> {
  const { shape, data } = await session.read(value);
  return { shape, data: Float32Array.from(data) };
}

async function draw(
  folder: string,
  entries: ContactSheetEntry[],
): Promise<void> {
  const sheet = await contactSheet(entries, { headline: "", cellSize: 180 });
  await Deno.writeFile(`${ROOT}${folder}/picture.png`, sheet);
  console.log(`${folder}/picture.png: ${Math.ceil(sheet.length / 1024)} KiB`);
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
