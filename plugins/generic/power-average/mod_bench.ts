import { benchOperator } from "@rockpool/conformance/bench";
import { powerAverage } from "./mod.ts";

await benchOperator(powerAverage, {
  options: { kernelSize: 2, normType: 2 },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        y[at++] = Math.sqrt(
          x[i] ** 2 + x[i + 1] ** 2 + x[i + width] ** 2 + x[i + width + 1] ** 2,
        );
      }
    }
    return y;
  },
});
