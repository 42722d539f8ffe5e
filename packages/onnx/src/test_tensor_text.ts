const ARRAYS = {
  Float32Array,
  Int8Array,
  Uint8Array,
  BigInt64Array: class {
    static from(numbers: number[]): BigInt64Array {
      return BigInt64Array.from(numbers, BigInt);
    }
  },
};

/** What holds tensors as JSON. */
export function tensorsToText(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    ArrayBuffer.isView(part)
      ? {
        array: part.constructor.name,
        numbers: Array.from(part as Float32Array, Number),
      }
      : part);
}

/** What holds tensors from its JSON. */
export function parseTensors<T>(text: string): T {
  return JSON.parse(text, (_, part) => {
    const from = ARRAYS[part?.array as keyof typeof ARRAYS];
    return from ? from.from(part.numbers) : part;
  });
}
