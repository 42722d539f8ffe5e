import { benchOperator } from "@rockpool/conformance/bench";
import { fractionalMax } from "./mod.ts";

const SIZE = 80;

/** The starts of windows of two elements, PyTorch's way. */
function starts(length: number): number[] {
  const u = Math.random();
  const alpha = (length - 2) / (SIZE - 1);
  const place = (i: number) => Math.floor((i + u) * alpha);
  return Array.from(
    { length: SIZE },
    (_, i) => i === SIZE - 1 ? length - 2 : place(i) - place(0),
  );
}

await benchOperator(fractionalMax, {
  options: { kernelSize: 2, outputSize: SIZE },
  shape: [8, 64, 112, 112],
  plainLoop({ shape: [items, channels, height, width], data: x }) {
    const y = new Float32Array(items * channels * SIZE * SIZE);
    let at = 0;
    for (let plane = 0; plane < x.length; plane += height * width) {
      const columns = starts(width);
      for (const row of starts(height)) {
        const from = plane + row * width;
        for (const column of columns) {
          const i = from + column;
          y[at++] = Math.max(x[i], x[i + 1], x[i + width], x[i + width + 1]);
        }
      }
    }
    return y;
  },
});
