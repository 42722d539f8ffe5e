import { slide, type WindowKernel, windowKernel } from "@rockpool/kernel";
import { assertAgreement, type Case, generator } from "./test_agreement.ts";

/** Kernels whose windows give the same to all of their elements. */
const means: readonly WindowKernel[] = [
  windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x)),
  windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x)),
  windowKernel(
    "mean-with-padding",
    ["x"],
    ({ x }, fold) => fold.sum(x).div(fold.count("padded").max(1)),
  ),
  windowKernel("magnitude", ["x"], ({ x }, fold) => {
    const sum = fold.sum(x);
    return sum.mul(sum).add(1).sqrt();
  }),
];

function* cases(stride: number): Generator<Case> {
  const next = generator(stride + 50);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  for (let index = 0; index < 24; index++) {
    const kernel = means[index % means.length];
    const [height, width] = [pick([7, 12, 19]), pick([3, 9, 27, 34, 70])];
    const sizes = [stride + pick([1, 2, 3]), pick([1, 2, 3, 5])];
    const padding = sizes.map((size) =>
      [pick([0, 1]), pick([0, 1])].map((pad) =>
        Math.min(pad, Math.floor(size / 2))
      ) as [number, number]
    );
    const across = pick([1, 1, 2]);
    if (height < sizes[0] || width < (sizes[1] - 1) * across + 1) continue;
    const geometry = slide([2, pick([1, 3]), height, width], {
      kernelSize: sizes,
      stride: [stride, pick([1, 2, 3, 4])],
      padding,
      dilation: [1, across],
      ceilMode: pick([true, false]),
    });
    const name = `${kernel.name} ${JSON.stringify(geometry.axes)} ${width}`;
    yield { name, kernel, geometry, odd: index % 5 === 0 };
  }
}

for (const stride of [1, 2, 3]) {
  Deno.test(`cpu() agrees with the interpreter on gradients of rows of windows ${stride} apart that share rows`, async () => {
    await assertAgreement(cases(stride));
  });
}
