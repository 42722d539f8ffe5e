import { select, type WindowKernel, windowKernel } from "@rockpool/kernel";

/** The greatest element of each window; 0 where it has none. */
export const greatest: WindowKernel = windowKernel(
  "roi",
  ["x"],
  ({ x }, fold) => select(fold.count().gt(0), fold.max(x), 0),
);

/** The same, and where it stands; −1 where there is none. */
export const greatestWithIndices: WindowKernel = windowKernel(
  "roi-indices",
  ["x"],
  ({ x }, fold) => ({
    y: select(fold.count().gt(0), fold.max(x), 0),
    indices: fold.argmax(x),
  }),
);
