import { benchOperator } from "@rockpool/conformance/bench";
import { dynamicOptimized } from "./mod.ts";

const RATIO = 0.7;

/** The queries along an axis, two for each cell: an element and a fraction. */
function queriesAlong(length: number): (readonly [number, number])[] {
  const cells = Math.floor(length * RATIO + 0.5);
  return Array.from({ length: 2 * cells }, (_, query) => {
    const place = (query + 0.5) * length / (2 * cells) - 0.5;
    const inside = Math.min(Math.max(place, 0), length - 1);
    const element = Math.min(Math.floor(inside), length - 2);
    return [element, inside - element];
  });
}

await benchOperator(dynamicOptimized, {
  options: { r: RATIO },
  shape: [8, 64, 112, 112],
  plainLoop({ shape: [items, channels, height, width], data: x }) {
    const [rows, columns] = [queriesAlong(height), queriesAlong(width)];
    const y = new Float32Array(
      items * channels * rows.length * columns.length / 4,
    );
    let at = 0;
    for (let plane = 0; plane < x.length; plane += height * width) {
      const read = (i: number, j: number) => {
        const [row, down] = rows[i];
        const [column, right] = columns[j];
        const a = plane + row * width + column;
        const b = a + width;
        const above = (1 - right) * x[a] + right * x[a + 1];
        const below = (1 - right) * x[b] + right * x[b + 1];
        return (1 - down) * above + down * below;
      };
      for (let i = 0; i < rows.length; i += 2) {
        for (let j = 0; j < columns.length; j += 2) {
          y[at++] = Math.max(
            read(i, j),
            read(i, j + 1),
            read(i + 1, j),
            read(i + 1, j + 1),
          );
        }
      }
    }
    return y;
  },
});
