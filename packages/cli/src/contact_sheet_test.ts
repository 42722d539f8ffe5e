import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { contactSheet, type ContactSheetEntry } from "./contact_sheet.ts";
import { decodeImage, type ImageTensor } from "./image.ts";

function plain(value: number, height: number, width: number): ImageTensor {
  const data = new Float32Array(height * width).fill(value);
  return { shape: [1, 1, height, width], data };
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How many pixels of a box are darker than a quarter in every channel. */
function countInk(sheet: ImageTensor, box: Box): number {
  const [, , height, width] = sheet.shape;
  let count = 0;
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++) {
      const dark = [0, 1, 2].every((channel) =>
        sheet.data[(channel * height + row) * width + column] < 0.25
      );
      if (dark) count++;
    }
  }
  return count;
}

async function draw(
  entries: ContactSheetEntry[],
  options: { headline?: string; columns?: number } = {},
): Promise<ImageTensor> {
  const headline = options.headline ?? "";
  return decodeImage(
    await contactSheet(entries, { ...options, headline, cellSize: 100 }),
  );
}

// Without a headline the first row starts at 32, and its titles at 132.
const FIRST_TITLE = { left: 16, top: 134, right: 116, bottom: 156 };

Deno.test("contactSheet() writes the title under its picture", async () => {
  const image = plain(1, 10, 10);
  const titled = await draw([{ title: "soft <gpu> & cpu", image }]);
  assertGreater(countInk(titled, FIRST_TITLE), 50);
  const untitled = await draw([{ title: " ", image }]);
  assertEquals(countInk(untitled, FIRST_TITLE), 0);
});

Deno.test("contactSheet() writes other words as other pixels", async () => {
  const image = plain(1, 10, 10);
  const [max, soft] = await Promise.all(
    ["max", "soft"].map((title) => draw([{ title, image }])),
  );
  assertEquals(max.shape, soft.shape);
  const differs = max.data.some((value, at) => value !== soft.data[at]);
  assertEquals(differs, true);
});

Deno.test("contactSheet() writes the headline over the pictures", async () => {
  const entries = [{ title: "a", image: plain(1, 10, 10) }];
  const sheet = await draw(entries, { headline: "Photo" });
  const headline = { left: 16, top: 16, right: 116, bottom: 43 };
  assertGreater(countInk(sheet, headline), 100);
});

Deno.test("contactSheet() breaks a long title into lines", async () => {
  const image = plain(1, 10, 10);
  const [, , oneLine] = (await draw([{ title: "short", image }])).shape;
  const long = await draw([{ title: "long words and more of them", image }]);
  assertGreater(long.shape[2], oneLine + 15);
  const lines = await draw([{ title: "a\nb", image }]);
  assertEquals(lines.shape[2], oneLine + 19);
});

Deno.test("contactSheet() lays pictures out in rows of `columns`", async () => {
  const image = plain(0, 10, 10);
  const entries = ["a", "b", "c"].map((title) => ({ title, image }));
  const wide = await draw(entries, { columns: 3 });
  assertEquals(wide.shape[3], 16 + 3 * 116);
  const tall = await draw(entries, { columns: 2 });
  assertEquals(tall.shape[3], 16 + 2 * 116);
  for (const left of [16, 132]) {
    const picture = { left, top: 32, right: left + 100, bottom: 132 };
    assertEquals(countInk(tall, picture), 100 * 100);
  }
  assertEquals((await draw(entries, { columns: 9 })).shape, wide.shape);
});

Deno.test("contactSheet() scales small and large pictures alike", async () => {
  const small = await draw([{ title: " ", image: plain(0, 2, 4) }]);
  const large = await draw([{ title: " ", image: plain(0, 200, 400) }]);
  assertEquals(small.shape, large.shape);
  assertEquals(small.data, large.data);
  const picture = { left: 16, top: 32, right: 116, bottom: 82 };
  assertEquals(countInk(small, picture), 100 * 50);
});

Deno.test("contactSheet() refuses what it cannot lay out", async () => {
  await assertRejects(() => draw([]), RangeError, "of no pictures");
  const entries = [{ title: "a", image: plain(1, 2, 2) }];
  await assertRejects(
    () => draw(entries, { columns: 1.5 }),
    RangeError,
    "with columns 1.5: an integer of at least 1",
  );
  const flat = { shape: [2, 2], data: new Float32Array(4) };
  await assertRejects(
    () => draw([{ title: "flat", image: flat }]),
    RangeError,
    'Cannot put "flat" on a contact sheet: the shape is 2×2',
  );
});
