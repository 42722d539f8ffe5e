import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { imageKind } from "./image.ts";
import {
  readTensorFile,
  tensorFileKind,
  writeTensorFile,
} from "./tensor_file.ts";

const picture = {
  shape: [1, 3, 1, 2],
  data: Float32Array.of(0, 1, 0.2, 0.4, 1, 0),
};

async function inFolder(
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a tensor survives .npy and, being a picture, PNG", () =>
  inFolder(async (folder) => {
    for (const name of ["a.npy", "a.png", "a.PNG"]) {
      await writeTensorFile(`${folder}/${name}`, picture);
      assertEquals(await readTensorFile(`${folder}/${name}`), picture);
    }
    const indices = { shape: [2, 2], data: Int32Array.of(0, -1, 2, 3) };
    await writeTensorFile(`${folder}/i.npy`, indices);
    assertEquals(await readTensorFile(`${folder}/i.npy`), indices);
  }));

Deno.test("writeTensorFile() writes JPEG for .jpg and .jpeg", () =>
  inFolder(async (folder) => {
    for (const name of ["a.jpg", "a.jpeg"]) {
      await writeTensorFile(`${folder}/${name}`, picture);
      const bytes = await Deno.readFile(`${folder}/${name}`);
      assertEquals(imageKind(bytes), "jpeg");
    }
  }));

Deno.test("readTensorFile() goes by content, not by name", () =>
  inFolder(async (folder) => {
    await writeTensorFile(`${folder}/a.png`, picture);
    await Deno.rename(`${folder}/a.png`, `${folder}/a.npy`);
    assertEquals(await readTensorFile(`${folder}/a.npy`), picture);
  }));

Deno.test("tensorFileKind() names the extensions it takes", () => {
  assertEquals(tensorFileKind("a/b.c/d.JPEG"), "jpeg");
  assertThrows(
    () => tensorFileKind("out.gif"),
    TypeError,
    "Cannot write out.gif: it has the extension .gif, " +
      "one of .npy, .png, .jpg, .jpeg is needed",
  );
  assertThrows(() => tensorFileKind("a.png/out"), TypeError, "no extension");
});

Deno.test("writeTensorFile() leaves no file after an error", () =>
  inFolder(async (folder) => {
    const indices = { shape: [1, 1, 1, 2], data: Int32Array.of(0, 1) };
    await assertRejects(
      () => writeTensorFile(`${folder}/a.png`, indices),
      TypeError,
      "Cannot write int32 values as a picture",
    );
    await assertRejects(
      () => writeTensorFile(`${folder}/a.tiff`, picture),
      TypeError,
      ".tiff",
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("readTensorFile() and writeTensorFile() say which file failed", () =>
  inFolder(async (folder) => {
    const text = `${folder}/notes.txt`;
    await Deno.writeTextFile(text, "hello");
    await assertRejects(
      () => readTensorFile(text),
      TypeError,
      `Cannot read ${text}: its content is no .npy, PNG or JPEG data`,
    );
    await assertRejects(
      () => readTensorFile(`${folder}/none.png`),
      Error,
      `Cannot read ${folder}/none.png: no such file or directory`,
    );
    await assertRejects(
      () => readTensorFile(folder),
      Error,
      `Cannot read ${folder}: it is a directory`,
    );
    await assertRejects(
      () => writeTensorFile(`${folder}/none/a.npy`, picture),
      Error,
      `Cannot write ${folder}/none/a.npy: no such file or directory`,
    );
  }));
