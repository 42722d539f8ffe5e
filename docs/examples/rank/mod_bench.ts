import { benchOperator } from "@rockpool/conformance/bench";
import { rank } from "./mod.ts";

await benchOperator(rank, {
  options: { kernelSize: 2, top: 2 },
  shape: [1, 16, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        const [first, second] = [x[i], x[i + 1], x[i + width], x[i + width + 1]]
          .sort((a, b) => b - a);
        y[at++] = (first + second) / 2;
      }
    }
    return y;
  },
});
