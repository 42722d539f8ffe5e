import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { imageKind } from "./image.ts";
import {
  checkTensorFile,
  readTensorFile,
  tensorFileKind,
  writeTensorFile,
} from "./tensor_file.ts";
import { testFolder } from "./test_folder.ts";

const picture = {
  shape: [1, 3, 1, 2],
  data: Float32Array.of(0, 1, 0.2, 0.4, 1, 0),
};

Deno.test("a tensor survives .npy and, being a picture, PNG", async () => {
  await using folder = await testFolder();
  for (const name of ["a.npy", "a.png", "a.PNG"]) {
    await writeTensorFile(folder.file(name), picture);
    assertEquals(await readTensorFile(folder.file(name)), picture);
  }
  const indices = { shape: [2, 2], data: Int32Array.of(0, -1, 2, 3) };
  await writeTensorFile(folder.file("i.npy"), indices);
  assertEquals(await readTensorFile(folder.file("i.npy")), indices);
});

Deno.test("writeTensorFile() writes JPEG for .jpg and .jpeg", async () => {
  await using folder = await testFolder();
  for (const name of ["a.jpg", "a.jpeg"]) {
    await writeTensorFile(folder.file(name), picture);
    const bytes = await Deno.readFile(folder.file(name));
    assertEquals(imageKind(bytes), "jpeg");
  }
});

Deno.test("readTensorFile() goes by content, not by name", async () => {
  await using folder = await testFolder();
  await writeTensorFile(folder.file("a.png"), picture);
  await Deno.rename(folder.file("a.png"), folder.file("a.npy"));
  assertEquals(await readTensorFile(folder.file("a.npy")), picture);
});

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

Deno.test("writeTensorFile() leaves no file after an error", async () => {
  await using folder = await testFolder();
  const indices = { shape: [1, 1, 1, 2], data: Int32Array.of(0, 1) };
  await assertRejects(
    () => writeTensorFile(folder.file("a.png"), indices),
    TypeError,
    "a.png: int32 values make no picture, .npy is needed",
  );
  await assertRejects(
    () => writeTensorFile(folder.file("a.tiff"), picture),
    TypeError,
    ".tiff",
  );
  assertEquals(folder.names(), []);
});

Deno.test("readTensorFile() and writeTensorFile() say which file failed", async () => {
  await using folder = await testFolder();
  const text = folder.file("notes.txt");
  await Deno.writeTextFile(text, "hello");
  await assertRejects(
    () => readTensorFile(text),
    TypeError,
    `Cannot read ${text}: its content is no .npy, PNG or JPEG data`,
  );
  await assertRejects(
    () => readTensorFile(folder.file("none.png")),
    Error,
    `Cannot read ${folder.file("none.png")}: no such file or directory`,
  );
  await assertRejects(
    () => readTensorFile(folder.path),
    Error,
    `Cannot read ${folder.path}: it is a directory`,
  );
  await assertRejects(
    () => writeTensorFile(folder.file("none/a.npy"), picture),
    Error,
    `Cannot write ${folder.file("none/a.npy")}: no such file or directory`,
  );
});

Deno.test("pictures have their channels last in layout NHWC", async () => {
  await using folder = await testFolder();
  const path = folder.file("a.png");
  const last = {
    shape: [1, 1, 2, 3],
    data: Float32Array.of(0, 0.2, 1, 1, 0.4, 0),
  };
  await writeTensorFile(path, last, { layout: "NHWC" });
  assertEquals(await readTensorFile(path), picture);
  assertEquals(await readTensorFile(path, { layout: "NHWC" }), last);
});

Deno.test("checkTensorFile() finds what would fail after the work", async () => {
  await using folder = await testFolder();
  const image = { shape: [1, 3, 5, 7], dtype: "float32" as const };
  const indices = { shape: [1, 3, 5, 7], dtype: "int32" as const };
  const last = { shape: [1, 5, 7, 3], dtype: "float32" as const };
  await checkTensorFile(folder.file("a.png"), image);
  await checkTensorFile(folder.file("a.npy"), indices);
  await checkTensorFile(folder.file("a.png"), last, { layout: "NHWC" });
  await Deno.mkdir(folder.file("folder.npy"));
  const cases = [
    ["a.png", indices, "int32 values make no picture"],
    ["a.png", last, "the shape is 1×5×7×3"],
    ["a.gif", image, "the extension .gif"],
    ["none/a.npy", image, "no such file or directory"],
    ["folder.npy", image, "it is a directory"],
  ] as const;
  for (const [name, kind, message] of cases) {
    await assertRejects(
      () => checkTensorFile(folder.file(name), kind),
      Error,
      message,
    );
  }
  assertEquals(folder.names(), ["folder.npy"]);
});
