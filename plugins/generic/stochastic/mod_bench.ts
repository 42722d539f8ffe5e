import { benchOperator } from "@rockpool/conformance/bench";
import { stochastic } from "./mod.ts";

await benchOperator(stochastic, {
  options: { kernelSize: 2, training: true },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const window = [x[i], x[i + 1], x[i + width], x[i + width + 1]];
        let sum = 0;
        for (const element of window) sum += Math.max(0, element);
        const above = Math.random() * sum;
        let running = 0;
        y[at++] = window.find((element) =>
          (running += Math.max(0, element)) > above
        ) ?? 0;
      }
    }
    return y;
  },
});
