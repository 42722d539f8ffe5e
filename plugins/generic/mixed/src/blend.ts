import {
  constant,
  detach,
  type Expression,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** What names the draws of λ among all random numbers of a call. */
export const SLOT = 0x02;

/** Where λ is from: drawn for each window, given, or learned. */
type Source = "drawn" | "given" | "learned";

/** What the mean divides by: the elements, or the positions with padding. */
type Divisor = "elements" | "padded";

/** λ · max + (1 − λ) · mean over each window. */
export const blend: Readonly<
  Record<Source, Readonly<Record<Divisor, WindowKernel>>>
> = {
  drawn: bothDivisors("drawn"),
  given: bothDivisors("given"),
  learned: bothDivisors("learned"),
};

function bothDivisors(source: Source): Record<Divisor, WindowKernel> {
  return {
    elements: blendFrom(source, "elements"),
    padded: blendFrom(source, "padded"),
  };
}

function blendFrom(source: Source, divisor: Divisor): WindowKernel {
  return windowKernel(
    `mixed-${source}-${divisor}`,
    ["x"],
    ({ x, lambda, probability }, fold, { windowRandom }) => {
      const share = {
        drawn: () => select(windowRandom(SLOT).lt(probability), 1, 0),
        given: () => detach(lambda),
        learned: () => lambda,
      }[source]();
      // Without elements both parts are 0, so that λ has no gradient there.
      const greatest = select(fold.count().eq(0), 0, fold.max(x));
      const count = fold.count(divisor === "padded" ? "padded" : undefined);
      const mean = fold.sum(x).div(count.max(1));
      return part(share, greatest).add(part(constant(1).sub(share), mean));
    },
    source === "drawn" ? { scalars: ["probability"] } : { planes: ["lambda"] },
  );
}

/** `share · value`, but 0 where the share is 0, whatever the value. */
function part(share: Expression, value: Expression): Expression {
  const product = share.mul(value);
  return withGradientOf(select(share.eq(0), 0, product), product);
}
