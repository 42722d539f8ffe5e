import type { Shape, TensorData } from "@rockpool/core";
import type { RegionsOptions } from "./options.ts";

/** What was made of some regions, while these are the numbers they hold. */
interface Remembered {
  readonly numbers: TensorData;
  readonly made: Map<string, unknown>;
}

const known = new WeakMap<object, Remembered>();

/**
 * What is made of regions: from the last call with the same regions, options
 * and shape, where there was one. Networks call an operator forward with what
 * they call its gradient with, often for many maps.
 */
export function remember<Options extends RegionsOptions, Made>(
  what: string,
  { shape, options }: { readonly shape: Shape; readonly options: Options },
  make: () => Made,
): Made {
  const { rois, ...others } = options;
  let remembered = known.get(rois);
  if (!remembered || !equal(remembered.numbers, rois.data)) {
    remembered = { numbers: rois.data.slice(), made: new Map() };
    known.set(rois, remembered);
  }
  const key = JSON.stringify([what, shape, rois.shape, others]);
  const { made } = remembered;
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as Made;
}

function equal(a: TensorData, b: TensorData): boolean {
  return a.length === b.length && a.every((x, index) => x === b[index]);
}
