import { benchOperator } from "@rockpool/conformance/bench";
import { s3 } from "./mod.ts";

const GRID = 8;

/** Half of the positions of each grid. */
function picks(length: number): number[] {
  const picked: number[] = [];
  for (let start = 0; start < length; start += GRID) {
    let left = GRID / 2;
    for (let i = 0; i < GRID; i++) {
      if (Math.random() * (GRID - i) >= left) continue;
      picked.push(start + i);
      left -= 1;
    }
  }
  return picked;
}

await benchOperator(s3, {
  // What training computes, without what it keeps for gradients.
  options: { gridSize: GRID, evalMode: "sample" },
  shape: [8, 64, 112, 112],
  plainLoop({ shape: [items, channels, height, width], data: x }) {
    const rows = picks(height);
    const columns = picks(width);
    const y = new Float32Array(
      items * channels * rows.length * columns.length,
    );
    let at = 0;
    for (let plane = 0; plane < x.length; plane += height * width) {
      for (const row of rows) {
        const from = plane + row * width;
        const below = row + 1 < height ? width : 0;
        for (const column of columns) {
          const i = from + column;
          const right = column + 1 < width ? 1 : 0;
          y[at++] = Math.max(
            x[i],
            x[i + right],
            x[i + below],
            x[i + below + right],
          );
        }
      }
    }
    return y;
  },
});
