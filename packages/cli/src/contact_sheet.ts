/**
 * Draws pictures with titles on one sheet.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { checkImage, encodeImage, type ImageTensor } from "./image.ts";
import { FONT_FAMILY, renderSvg } from "./render_svg.ts";
import { resize } from "./resize.ts";

/** A picture of a contact sheet. */
export interface ContactSheetEntry {
  /** Stands under the picture; breaks at newlines and where a line is full. */
  readonly title: string;
  /** Shape `[1, 1 or 3, height, width]`, values 0 to 1. */
  readonly image: ImageTensor;
}

/** How a contact sheet is laid out. */
export interface ContactSheetOptions {
  /** What stands over all pictures. */
  readonly headline: string;
  /** Pictures in a row, by default 3. */
  readonly columns?: number;
  /** The square each picture is fitted into: its side in pixels, by default 360. */
  readonly cellSize?: number;
}

interface Cell {
  readonly image: ImageTensor;
  readonly title: readonly string[];
}

interface TextStyle {
  readonly size: number;
  readonly weight: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const MARGIN = 16;
const HEADLINE: TextStyle = { size: 20, weight: 700 };
const TITLE: TextStyle = { size: 14, weight: 400 };
const TITLE_GAP = 5;
const LINE_HEIGHT = 1.35;
/** A cautious mean width of a character, in font sizes. */
const CHARACTER_WIDTH = 0.58;
const BACKGROUND = "#ffffff";
const INK = "#1c2733";

/**
 * A PNG file that shows pictures side by side for a person to compare, each
 * scaled to the same size with its title under it.
 *
 * @throws {RangeError} if there are no pictures, one has another shape, or the
 * columns or the cell size are no integers of at least 1
 */
export async function contactSheet(
  entries: readonly ContactSheetEntry[],
  options: ContactSheetOptions,
): Promise<Uint8Array> {
  const { headline, columns = 3, cellSize = 360 } = options;
  checkLayout(entries, { columns, cellSize });
  const perRow = Math.min(columns, entries.length);
  const width = MARGIN + perRow * (cellSize + MARGIN);
  const lines = breakLines(headline, width - 2 * MARGIN, HEADLINE);
  const parts = [drawText(lines, { x: MARGIN, y: MARGIN }, HEADLINE)];
  let y = MARGIN + textHeight(lines, HEADLINE) + MARGIN;
  for (let first = 0; first < entries.length; first += perRow) {
    const row = entries.slice(first, first + perRow)
      .map((entry) => fitCell(entry, cellSize));
    parts.push(drawRow(row, y, cellSize));
    y += pictureHeight(row) + TITLE_GAP + titleHeight(row) + MARGIN;
  }
  return await renderSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}">` +
      `<rect width="100%" height="100%" fill="${BACKGROUND}"/>` +
      `${parts.join("")}</svg>`,
  );
}

function checkLayout(
  entries: readonly ContactSheetEntry[],
  sizes: { columns: number; cellSize: number },
): void {
  if (entries.length === 0) {
    throw new RangeError("Cannot make a contact sheet of no pictures");
  }
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot make a contact sheet with ${name} ${value}: ` +
          "an integer of at least 1 is needed",
      );
    }
  }
  for (const { title, image } of entries) {
    checkImage(image, `put "${title}" on a contact sheet`);
  }
}

function fitCell(entry: ContactSheetEntry, cellSize: number): Cell {
  const [, , height, width] = entry.image.shape;
  const scale = cellSize / Math.max(height, width);
  const image = resize(entry.image, {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  });
  return { image, title: breakLines(entry.title, cellSize, TITLE) };
}

function pictureHeight(row: readonly Cell[]): number {
  return Math.max(...row.map(({ image }) => image.shape[2]));
}

function titleHeight(row: readonly Cell[]): number {
  return Math.max(...row.map(({ title }) => textHeight(title, TITLE)));
}

function drawRow(row: readonly Cell[], top: number, cellSize: number): string {
  const bottom = top + pictureHeight(row);
  return row.map(({ image, title }, column) => {
    const x = MARGIN + column * (cellSize + MARGIN);
    return drawPicture(image, { x, y: bottom - image.shape[2] }) +
      drawText(title, { x, y: bottom + TITLE_GAP }, TITLE);
  }).join("");
}

function drawPicture(image: ImageTensor, { x, y }: Place): string {
  const [, , height, width] = image.shape;
  const data = Buffer.from(encodeImage(image, "png")).toString("base64");
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" ` +
    `image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/>`;
}

function drawText(
  lines: readonly string[],
  { x, y }: Place,
  { size, weight }: TextStyle,
): string {
  return lines.map((line, at) => {
    const baseline = y + size + at * size * LINE_HEIGHT;
    return `<text x="${x}" y="${baseline}" fill="${INK}" ` +
      `font-family="${FONT_FAMILY}" font-size="${size}" ` +
      `font-weight="${weight}">${escapeXml(line)}</text>`;
  }).join("");
}

function textHeight(lines: readonly string[], { size }: TextStyle): number {
  return Math.ceil(lines.length * size * LINE_HEIGHT);
}

/** The text in lines of at most this width, broken at spaces if possible. */
function breakLines(text: string, width: number, style: TextStyle): string[] {
  const most = Math.max(1, Math.floor(width / (style.size * CHARACTER_WIDTH)));
  const line = new RegExp(`.{1,${most}}(?=\\s|$)|.{${most}}`, "gu");
  return (text.match(line) ?? []).map((part) => part.trim());
}

function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
