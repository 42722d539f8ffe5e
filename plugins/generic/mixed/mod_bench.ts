import { benchOperator } from "@rockpool/conformance/bench";
import { mixed } from "./mod.ts";

await benchOperator(mixed, {
  options: { kernelSize: 2, lambda: 0.5 },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const [a, b, c, d] = [x[i], x[i + 1], x[i + width], x[i + width + 1]];
        const mean = (a + b + c + d) / 4;
        y[at++] = 0.5 * Math.max(a, b, c, d) + 0.5 * mean;
      }
    }
    return y;
  },
});
