import { benchOperator } from "@rockpool/conformance/bench";
import { detailPreserving } from "./mod.ts";

await benchOperator(detailPreserving, {
  options: { kernelSize: 2 },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const window = [x[i], x[i + 1], x[i + width], x[i + width + 1]];
        const mean = (window[0] + window[1] + window[2] + window[3]) / 4;
        let sum = 0, total = 0;
        for (const element of window) {
          const weight = 1 + Math.sqrt((element - mean) ** 2 + 1e-3);
          sum += weight * element;
          total += weight;
        }
        y[at++] = sum / total;
      }
    }
    return y;
  },
});
