import { benchOperator } from "@rockpool/conformance/bench";
import { formula } from "./mod.ts";

await benchOperator(
  formula("sum(x * exp(x)) / sum(exp(x))", { name: "soft-by-formula" }),
  {
    options: { kernelSize: 2 },
    shape: [8, 64, 112, 112],
    plainLoop({ shape, data: x }) {
      const width = shape[3];
      const y = new Float32Array(x.length / 4);
      let at = 0;
      // Planes of even height follow each other like rows of one plane.
      for (let row = 0; row < x.length; row += 2 * width) {
        for (let i = row; i < row + width; i += 2) {
          let sum = 0, total = 0;
          for (
            const element of [x[i], x[i + 1], x[i + width], x[i + width + 1]]
          ) {
            const weight = Math.exp(element);
            sum += weight * element;
            total += weight;
          }
          y[at++] = sum / total;
        }
      }
      return y;
    },
  },
);
