import { benchOperator } from "@rockpool/conformance/bench";
import { localImportance } from "./mod.ts";

await benchOperator(localImportance, {
  options: { kernelSize: 2, padding: 0 },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }, { data: logit }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const window = [i, i + 1, i + width, i + width + 1];
        const greatest = Math.max(...window.map((at) => logit[at]));
        let sum = 0, total = 0;
        for (const at of window) {
          const weight = Math.exp(logit[at] - greatest);
          sum += weight * x[at];
          total += weight;
        }
        y[at++] = sum / total;
      }
    }
    return y;
  },
});
