import { benchOperator } from "@rockpool/conformance/bench";
import { spatialPyramid } from "./mod.ts";

const levels = [4, 2, 1];

await benchOperator(spatialPyramid, {
  options: { levels },
  shape: [8, 64, 112, 112],
  plainLoop({ shape: [items, channels, height, width], data: x }) {
    const y: number[] = [];
    for (let item = 0; item < items; item++) {
      for (const k of levels) {
        // 112 is divided by 4, 2 and 1.
        const [rows, columns] = [height / k, width / k];
        for (let window = 0; window < channels * k * k; window++) {
          const plane = item * channels + Math.floor(window / k / k);
          const top = (plane * height + Math.floor(window / k) % k * rows) *
            width;
          const left = window % k * columns;
          let greatest = -Infinity;
          for (let row = 0; row < rows; row++) {
            const from = top + row * width + left;
            for (let i = from; i < from + columns; i++) {
              greatest = Math.max(greatest, x[i]);
            }
          }
          y.push(greatest);
        }
      }
    }
    return Float32Array.from(y);
  },
});
