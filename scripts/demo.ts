/**
 * `deno task demo [FILE]`: pools a photograph with every operator on the CPU
 * and on the GPU, compares them to the interpreter, prints a table and writes
 * a contact sheet, by default to `dist/demo.png`.
 *
 * @module
 */
import { dirname } from "node:path";
import {
  contactSheet,
  type ContactSheetEntry,
} from "@rockpool/cli/contact-sheet";
import { decodeImage, type ImageTensor } from "@rockpool/cli/image";
import { table } from "@rockpool/cli/table";
import { formatShape, type Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { largestDifference, measure } from "./demo/measure.ts";
import { openPlaces } from "./demo/places.ts";
import { outputsOf, showings } from "./demo/showings.ts";
import { ROOT } from "./workspace.ts";

const [file = `${ROOT}dist/demo.png`] = Deno.args;
const path = `${ROOT}docs/images/chelsea.png`;
const photo = decodeImage(await Deno.readFile(path), path);

const places = await openPlaces(console.log);
for (const { label, backend } of places) {
  console.log(`${label}: ${backend.info}`);
}

const rows = [
  ["operator", "backend", "output", "first ms", "then ms", "difference"],
];
const entries: ContactSheetEntry[] = [];
for (const showing of await showings(photo)) {
  const { op, from, picture = (y) => y } = showing;
  const [input] = showing.look ? [showing.look] : Object.values(showing.inputs);
  entries.push({
    title: `input of ${op.name}: ${from}`,
    image: asImage(input),
  });
  const oracle = (await outputsOf(showing, interpreter())).y;
  for (const { label, backend } of places) {
    const { y, first, median } = await measure(showing, backend);
    const difference = largestDifference(y, oracle).toExponential(1);
    const shape = formatShape(y.shape);
    const then = median.toFixed(2);
    rows.push([op.name, label, shape, first.toFixed(1), then, difference]);
    entries.push({
      title: `${op.name} on ${label}, ${shape}\n` +
        `${then} ms, off by at most ${difference}`,
      image: asImage(picture(y)),
    });
  }
}
for (const { backend } of places) backend[Symbol.dispose]();

console.log(`\n${table(rows)}\n`);
console.log(
  "first: one pass and reading the result, the kernel's compilation included; " +
    "then: the median of later ones; difference: the largest to the " +
    "interpreter, which computes in double precision",
);
await Deno.mkdir(dirname(file), { recursive: true });
const headline = "Rockpool: every operator on a photograph";
const columns = places.length + 1;
await Deno.writeFile(file, await contactSheet(entries, { headline, columns }));
console.log(`\nLook at ${file}`);

function asImage({ shape, data }: Tensor): ImageTensor {
  if (data instanceof Float32Array) return { shape, data };
  throw new TypeError("Cannot show int32 values as a picture");
}
