import { access, constants, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import type { DType, Layout } from "@rockpool/core";
import {
  checkImageShape,
  decodeImage,
  encodeImage,
  imageKind,
} from "./image.ts";
import { fileShape, fromFile, toFile } from "./picture_layout.ts";
import { decodeNpy, encodeNpy, isNpy, type NpyArray } from "./npy.ts";

/** The values of a tensor file, row-major; pictures are float32. */
export type TensorData = NpyArray;

/** The formats that tensors are read from and written to. */
export type TensorFileKind = "npy" | "png" | "jpeg";

/** How a picture and its tensor correspond. */
export interface PictureOptions {
  /** Where the tensor has the channels, by default before the height. */
  readonly layout?: Layout;
}

/** A tensor that is still to be computed. */
export interface TensorKind {
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** What the elements are. */
  readonly dtype: DType;
}

const EXTENSIONS: Readonly<Record<string, TensorFileKind>> = {
  ".npy": "npy",
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
};

const IS_FOLDER = "it is a directory";
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EISDIR: IS_FOLDER,
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
export async function readTensorFile(
  path: string,
  { layout = "NCHW" }: PictureOptions = {},
): Promise<TensorData> {
  const bytes = await readFile(path).catch((error) =>
    refuse("read", path, error)
  );
  if (isNpy(bytes)) return decodeNpy(bytes, path);
  if (imageKind(bytes) !== undefined) {
    return fromFile(decodeImage(bytes, path), layout);
  }
  throw new TypeError(
    `Cannot read ${path}: its content is no .npy, PNG or JPEG data`,
  );
}

/**
 * Checks that {@linkcode writeTensorFile} can write tensors like this one to
 * the path, so that no work is in vain.
 *
 * @throws {TypeError} for an unsupported extension or dtype
 * @throws {RangeError} for a shape that is no picture
 * @throws {Error} if there is no folder to write to
 */
export async function checkTensorFile(
  path: string,
  { shape, dtype }: TensorKind,
  { layout = "NCHW" }: PictureOptions = {},
): Promise<void> {
  if (tensorFileKind(path) !== "npy") {
    if (dtype !== "float32") refuseIndices(path);
    checkImageShape(fileShape(shape, layout), `write ${path}`);
  }
  const file = await stat(path).catch(() => undefined);
  if (file?.isDirectory()) {
    throw new Error(`Cannot write ${path}: ${IS_FOLDER}`);
  }
  await access(file ? path : dirname(path), constants.W_OK)
    .catch((error) => refuse("write", path, error));
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
  { layout = "NCHW" }: PictureOptions = {},
): Promise<void> {
  const bytes = encodeTensor(path, tensor, layout);
  await writeFile(path, bytes).catch((error) => refuse("write", path, error));
}

function encodeTensor(
  path: string,
  { shape, data }: TensorData,
  layout: Layout,
): Uint8Array {
  const kind = tensorFileKind(path);
  if (kind === "npy") return encodeNpy({ shape, data });
  if (!(data instanceof Float32Array)) return refuseIndices(path);
  return encodeImage(toFile({ shape, data }, layout), kind);
}

function refuseIndices(path: string): never {
  throw new TypeError(
    `Cannot write ${path}: int32 values make no picture, .npy is needed`,
  );
}

function refuse(action: "read" | "write", path: string, error: unknown): never {
  const { code = "", message } = error as NodeJS.ErrnoException;
  throw new Error(`Cannot ${action} ${path}: ${REASONS[code] ?? message}`, {
    cause: error,
  });
}
