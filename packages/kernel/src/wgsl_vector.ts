/** How many values a vector has. */
export const LANES = 4 as const;

/** The letters of a vector's components. */
export const COMPONENTS = "xyzw";

/** A type of the text: of numbers, or of four each. */
export type ScalarType = "f32" | "i32" | "u32" | "bool";

/** The type of a vector. */
export function vectorOf(type: ScalarType): string {
  return `vec4<${type}>`;
}

/** A vector of one value. */
export function splat(type: ScalarType, text: string): string {
  return `${vectorOf(type)}(${text})`;
}

/** A vector of the numbers 0, `step`, 2 `step` and 3 `step`. */
export function multiples(type: ScalarType, step: number): string {
  return vector(type, [0, 1, 2, 3].map((lane) => String(lane * step)));
}

/**
 * A vector of four words: components of one vector become a swizzle of it, or
 * its name alone where they are all of it in their order.
 */
export function vector(type: ScalarType, words: readonly string[]): string {
  if (words.every((word) => word === words[0]) && !/\.[xyzw]$/.test(words[0])) {
    return splat(type, words[0]);
  }
  const parts = words.map((word) => /^(\w+)\.([xyzw])$/.exec(word));
  const name = parts[0]?.[1];
  if (name === undefined || parts.some((part) => part?.[1] !== name)) {
    return `${vectorOf(type)}(${words.join(", ")})`;
  }
  const letters = parts.map((part) => part![2]).join("");
  return letters === COMPONENTS ? name : `${name}.${letters}`;
}
