import { benchOperator } from "@rockpool/conformance/bench";
import { max, maxUnpool } from "./mod.ts";

await benchOperator(max, {
  options: { kernelSize: 2 },
  shape: [8, 64, 112, 112],
  plainLoop({ shape, data: x }) {
    const width = shape[3];
    const y = new Float32Array(x.length / 4);
    let at = 0;
    // Planes of even height follow each other like rows of one plane.
    for (let row = 0; row < x.length; row += 2 * width) {
      for (let i = row; i < row + width; i += 2) {
        y[at++] = Math.max(x[i], x[i + 1], x[i + width], x[i + width + 1]);
      }
    }
    return y;
  },
});

const POOLED = { shape: [8, 64, 56, 56], plane: 56 * 56, width: 56 };
const indices = upperLeftCorners();

await benchOperator(maxUnpool, {
  options: { kernelSize: 2 },
  shape: POOLED.shape,
  inputs: { indices: { shape: POOLED.shape, data: indices } },
  plainLoop({ data: x }) {
    const y = new Float32Array(4 * x.length);
    for (let i = 0; i < x.length; i++) {
      const plane = i - i % POOLED.plane;
      y[4 * plane + indices[i]] = x[i];
    }
    return y;
  },
});

/** The first place of each window in its plane. */
function upperLeftCorners(): Int32Array {
  const { shape, plane, width } = POOLED;
  return Int32Array.from({ length: shape[0] * shape[1] * plane }, (_, i) => {
    const row = Math.floor(i % plane / width);
    return 4 * row * width + 2 * (i % width);
  });
}
