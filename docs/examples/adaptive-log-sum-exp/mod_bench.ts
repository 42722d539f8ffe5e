import { benchOperator } from "@rockpool/conformance/bench";
import { adaptiveLogSumExp } from "./mod.ts";

await benchOperator(adaptiveLogSumExp, {
  options: { kernelSize: 2, lowest: 1 },
  shape: [1, 16, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const window = [x[i], x[i + 1], x[i + width], x[i + width + 1]];
        const greatest = Math.max(...window);
        let sum = 0;
        // The sharpness before training: 1 + exp(0).
        for (const element of window) sum += Math.exp(2 * (element - greatest));
        y[at++] = Math.log(sum / 4) / 2 + greatest;
      }
    }
    return y;
  },
});
