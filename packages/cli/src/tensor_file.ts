import { readFile, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { decodeImage, encodeImage, imageKind } from "./image.ts";
import { decodeNpy, encodeNpy, isNpy, type NpyArray } from "./npy.ts";

/** The values of a tensor file, row-major; pictures are float32 NCHW. */
export type TensorData = NpyArray;

/** The formats that tensors are read from and written to. */
export type TensorFileKind = "npy" | "png" | "jpeg";

const EXTENSIONS: Readonly<Record<string, TensorFileKind>> = {
  ".npy": "npy",
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is not a directory",
  EACCES: "permission denied",
};

/**
 * The format that {@linkcode writeTensorFile} takes for this path, by its
 * extension.
 *
 * @throws {TypeError} for an unsupported extension
 */
export function tensorFileKind(path: string): TensorFileKind {
  const extension = extname(path).toLowerCase();
  if (!Object.hasOwn(EXTENSIONS, extension)) {
    const given = extension ? `the extension ${extension}` : "no extension";
    throw new TypeError(
      `Cannot write ${path}: it has ${given}, ` +
        `one of ${Object.keys(EXTENSIONS).join(", ")} is needed`,
    );
  }
  return EXTENSIONS[extension];
}

/**
 * The tensor in an `.npy`, PNG or JPEG file; the content decides which it is,
 * not the name.
 *
 * @throws {TypeError} for another format or an unsupported dtype
 * @throws {RangeError} for broken content
 * @throws {Error} if the file cannot be opened
 */
export async function readTensorFile(path: string): Promise<TensorData> {
  const bytes = await readFile(path).catch((error) =>
    refuse("read", path, error)
  );
  if (isNpy(bytes)) return decodeNpy(bytes, path);
  if (imageKind(bytes) !== undefined) return decodeImage(bytes, path);
  throw new TypeError(
    `Cannot read ${path}: its content is no .npy, PNG or JPEG data`,
  );
}

/**
 * Writes a tensor in the format of the path's extension: any tensor as `.npy`,
 * float32 of shape `[1, 1 or 3, height, width]` as a picture.
 *
 * @throws {TypeError} for an unsupported extension or dtype
 * @throws {RangeError} for a shape that is no picture
 * @throws {Error} if the file cannot be written
 */
export async function writeTensorFile(
  path: string,
  tensor: TensorData,
): Promise<void> {
  const bytes = encodeTensor(tensorFileKind(path), tensor);
  await writeFile(path, bytes).catch((error) => refuse("write", path, error));
}

function encodeTensor(kind: TensorFileKind, tensor: TensorData): Uint8Array {
  if (kind === "npy") return encodeNpy(tensor);
  const { shape, data } = tensor;
  if (!(data instanceof Float32Array)) {
    throw new TypeError(
      "Cannot write int32 values as a picture: float32 or .npy is needed",
    );
  }
  return encodeImage({ shape, data }, kind);
}

function refuse(action: "read" | "write", path: string, error: unknown): never {
  const { code = "", message } = error as NodeJS.ErrnoException;
  throw new Error(`Cannot ${action} ${path}: ${REASONS[code] ?? message}`, {
    cause: error,
  });
}
