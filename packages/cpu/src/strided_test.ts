import { slide } from "@rockpool/kernel";
import {
  assertAgreement,
  type Case,
  generator,
  kernels,
} from "./test_agreement.ts";

/** Rows of windows that stand three elements apart, or more. */
function* cases(stride: number): Generator<Case> {
  const next = generator(stride);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  for (let index = 0; index < 12; index++) {
    const kernel = kernels[index % kernels.length];
    const width = pick([48, 75, 90]);
    const shape = [1, pick([2, 5]), pick([1, 3]), width];
    const size = pick([1, 2, 3, 4, 5, 6, 9]);
    const most = Math.floor(size / 2);
    const geometry = slide(shape, {
      kernelSize: [1, size],
      stride: [1, stride],
      padding: [0, [Math.min(most, pick([0, 1, 2])), Math.min(most, 1)]],
      dilation: [1, pick([1, 1, 2])],
      ceilMode: pick([true, false]),
    });
    const name = `${kernel.name} ${JSON.stringify(geometry.axes[2])} ${width}`;
    yield { name, kernel, geometry, odd: index % 3 === 0 };
  }
}

for (let stride = 3; stride <= 9; stride++) {
  Deno.test(`cpu() agrees with the interpreter on windows ${stride} elements apart`, async () => {
    await assertAgreement(cases(stride));
  });
}
