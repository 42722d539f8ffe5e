/**
 * Draws SVG as PNG, with a font of its own.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import font from "@fontsource/dejavu-sans/metadata.json" with { type: "json" };
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** The family name of the one font that {@linkcode renderSvg} knows. */
export const FONT_FAMILY: string = font.family;

const FONT_FILES = [
  "@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2",
  "@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff2",
];

let loading: Promise<Uint8Array[]> | undefined;

/**
 * The PNG file of an SVG text, the same on every machine: fonts of the system
 * are not used.
 *
 * @throws {Error} for malformed SVG
 */
export async function renderSvg(svg: string): Promise<Uint8Array> {
  loading ??= loadRenderer();
  const fontBuffers = await loading;
  const tree = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: FONT_FAMILY },
  });
  try {
    const picture = tree.render();
    try {
      return picture.asPng();
    } finally {
      picture.free();
    }
  } finally {
    tree.free();
  }
}

async function loadRenderer(): Promise<Uint8Array[]> {
  const wasm = await readPackageFile("@resvg/resvg-wasm/index_bg.wasm");
  await initWasm(wasm);
  return await Promise.all(FONT_FILES.map(readPackageFile));
}

function readPackageFile(specifier: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(new URL(import.meta.resolve(specifier)));
}
