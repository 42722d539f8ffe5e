/**
 * Makes the test data of `packages/onnx` from ONNX's own node tests:
 *
 *     apt-get download libonnx-testdata && dpkg-deb -x libonnx-testdata_*.deb x
 *     deno run -A scripts/onnx_node_tests.ts x/usr/share/libonnx-testdata/data
 *
 * A case is a folder with a model of one node, `model.onnx`, and tensors in
 * `test_data_set_0`. Cases with tensors of more than half a megabyte are left out.
 *
 * @module
 */
import { globSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import type { OnnxTensor } from "@rockpool/onnx";
import { decodeOnnxModel, decodeOnnxTensor } from "@rockpool/onnx/model";
import { ROOT } from "./workspace.ts";

const MOST_BYTES = 500_000;
const TARGET = `${ROOT}packages/onnx/src/node_tests`;

/** Bytes one behind the other, those that are there already only once. */
class Store {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** Where the bytes lie. */
  add(bytes: Uint8Array): number {
    let at = 0;
    for (const part of this.#parts) {
      if (startsWith(part, bytes)) return at;
      at += part.length;
    }
    // Typed arrays begin at multiples of their elements' sizes.
    const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    this.#parts.push(padded);
    this.#size += padded.length;
    return at;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

function startsWith(part: Uint8Array, bytes: Uint8Array): boolean {
  return part.length >= bytes.length && bytes.every((b, i) => b === part[i]);
}

function readCase(folder: string) {
  const model = decodeOnnxModel(Deno.readFileSync(`${folder}/model.onnx`));
  const tensors = (kind: string) =>
    globSync(`test_data_set_0/${kind}_*.pb`, { cwd: folder }).sort()
      .map((file) => decodeOnnxTensor(Deno.readFileSync(`${folder}/${file}`)));
  const name = folder.split("/").at(-1) as string;
  return { name, model, inputs: tensors("input"), outputs: tensors("output") };
}

function bytesOf({ data }: OnnxTensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Uint8Array<ArrayBuffer>;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const [root] = Deno.args;
const folders = ["node", "pytorch-converted", "pytorch-operator"].flatMap(
  (kind) => globSync(`${root}/${kind}/*`).sort(),
);
const cases = folders
  .filter((folder) => /pool|roialign/i.test(folder.split("/").at(-1) ?? ""))
  .map(readCase)
  .filter(({ model, inputs }) =>
    model.nodes.length === 1 &&
    inputs.every((tensor) => bytesOf(tensor).length <= MOST_BYTES)
  );

const store = new Store();
// The longest first: many others are its beginning.
const all = cases.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
  .sort((a, b) => bytesOf(b).length - bytesOf(a).length);
for (const tensor of all) store.add(bytesOf(tensor));
const placed = (tensor: OnnxTensor) => ({
  type: tensor.type,
  dims: tensor.dims,
  at: store.add(bytesOf(tensor)),
});
const json = cases.map(({ name, model, inputs, outputs }) => ({
  name,
  opset: model.opset,
  node: model.nodes[0],
  inputs: inputs.map(placed),
  outputs: outputs.map(placed),
}));
Deno.writeTextFileSync(`${TARGET}.json`, `${JSON.stringify(json)}\n`);
const bytes = store.bytes();
const packed = brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_LGWIN]: 24 },
});
Deno.writeFileSync(`${TARGET}.bin.br`, packed);
console.log(
  `${cases.length} cases of ${folders.length} folders: ` +
    `${bytes.length} bytes, ${packed.length} packed`,
);
