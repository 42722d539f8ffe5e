import {
  contactSheet,
  type ContactSheetEntry,
} from "@rockpool/cli/contact-sheet";
import type { ImageTensor } from "@rockpool/cli/image";
import { type AnyPoolingOp, makePool, type Mode } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { builtins } from "@rockpool/rockpool";

/** An operator that is shown, with what it gives for a window in its title. */
interface Shown {
  readonly name: keyof typeof builtins;
  readonly formula: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly mode?: Mode;
}

const kernelSize = 5;

const SHOWN: readonly Shown[] = [
  { name: "average", formula: "Σ x / n", options: { kernelSize } },
  {
    name: "soft",
    formula: "Σ e²⁰ˣ x / Σ e²⁰ˣ",
    options: { kernelSize, temperature: 20 },
  },
  { name: "max", formula: "max x", options: { kernelSize } },
  {
    name: "power-average",
    formula: "(Σ x¹⁶ / n)^(1/16)",
    options: { kernelSize, normType: 16, average: true },
  },
  {
    name: "stochastic",
    formula: "x, drawn by size",
    options: { kernelSize },
    mode: "train",
  },
  {
    name: "fractional-max",
    formula: "max x, any ratio",
    options: { kernelSize, outputRatio: 0.22 },
  },
  {
    name: "s3",
    formula: "max x, rows drawn",
    options: { stride: kernelSize, gridSize: 4 * kernelSize },
    mode: "train",
  },
];

/** A sheet of a picture and of what some operators make of it. */
export async function methodsSheet(picture: ImageTensor): Promise<Uint8Array> {
  const entries: ContactSheetEntry[] = [
    { title: "photograph", image: picture },
  ];
  const backend = interpreter();
  for (const { name, formula, options, mode } of SHOWN) {
    const op: AnyPoolingOp = (await builtins[name]()).default;
    const pool = makePool(op, { backend, options });
    const { shape, data } = await pool(picture, { mode });
    const image = { shape, data: Float32Array.from(data) };
    entries.push({ title: `${name}\n${formula}`, image });
  }
  return await contactSheet(entries, {
    headline: "An operator is a formula over a window",
    columns: 4,
    cellSize: 160,
  });
}
