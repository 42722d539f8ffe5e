import {
  type Expression,
  type Fold,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** The greatest element of each window; 0 where it has none. */
export const greatest: WindowKernel = windowKernel(
  "roi",
  ["x"],
  ({ x }, fold) => greatestOrZero(x, fold),
);

/** The same, and where it stands; −1 where there is none. */
export const greatestWithIndices: WindowKernel = windowKernel(
  "roi-indices",
  ["x"],
  ({ x }, fold) => ({
    y: greatestOrZero(x, fold),
    indices: fold.argmax(x),
  }),
);

/** The greatest element, or 0; no element has the gradient of the latter. */
function greatestOrZero(x: Expression, fold: Fold): Expression {
  const greatest = fold.max(x);
  return withGradientOf(select(fold.count().gt(0), greatest, 0), greatest);
}
