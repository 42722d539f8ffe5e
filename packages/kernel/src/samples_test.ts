import { assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";
import { productSamples, type SampledItem } from "./samples.ts";

const middle = { elements: [[1, 2]], weights: [[0.5, 0.5]] };

Deno.test("sample() gives products of weights along the axes", () => {
  using session = interpreter().session({ mode: "train" });
  const shape = [1, 1, 3, 3];
  const x = session.upload({
    shape,
    data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
  });
  const samples = productSamples(shape, {
    outputSize: [1, 2],
    items: [{
      source: 0,
      axes: [middle, { elements: [[0], [1, 2]], weights: [[2], [1, -1]] }],
    }],
  });
  const y = session.sample(x, samples);
  assertEquals(y.shape, [1, 1, 1, 2]);
  assertEquals([...y.data], [11, -1]);
  const dy = session.upload({ shape: y.shape, data: Float32Array.of(1, 10) });
  const [gradient] = session.grad(y, dy, [x]);
  assertEquals([...gradient.data], [0, 0, 0, 1, 5, -5, 1, 5, -5]);
});

Deno.test("an element of weight 0 is not read", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(NaN, 3) });
  const axis = { elements: [[0, 1]], weights: [[0, 1]] };
  const samples = productSamples(x.shape, {
    outputSize: [1],
    items: [{ source: 0, axes: [axis] }],
  });
  assertEquals([...session.sample(x, samples).data], [3]);
});

Deno.test("productSamples() refuses what is not there", () => {
  const sample = (source: number, elements: number[][]) => () =>
    productSamples([1, 1, 3], {
      outputSize: [1],
      items: [{ source, axes: [{ elements, weights: [[1]] }] }],
    });
  assertThrows(sample(1, [[0]]), RangeError, "from item 1: there are 1");
  assertThrows(sample(0, [[3]]), RangeError, "element 3 along axis 0");
  assertThrows(sample(0, [[0.5]]), RangeError, "element 0.5 along axis 0");
  assertThrows(sample(0, [[0, 1]]), RangeError, "along axis 0 1 outputs");
});

Deno.test("sample() refuses samples of another shape", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [1, 1, 4], data: new Float32Array(4) });
  const samples = productSamples([1, 1, 3], {
    outputSize: [1],
    items: [{ source: 0, axes: [middle] }],
  });
  assertThrows(
    () => session.sample(x, samples),
    RangeError,
    "Cannot sample a value of shape 1×1×4: 1×1×3 is needed",
  );
});

Deno.test("sample() takes no items, and nothing to sum", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(1, 2) });
  const nothing = { elements: [[]], weights: [[]] };
  for (const items of [[], [{ source: 0, axes: [nothing] }]]) {
    const samples = productSamples(x.shape, { outputSize: [1], items });
    const y = session.sample(x, samples);
    assertEquals(y.shape, [items.length, 1, 1]);
    assertEquals([...y.data], items.map(() => 0));
    const [gradient] = session.grad(y, session.empty(y.shape), [x]);
    assertEquals([...gradient.data], [0, 0]);
  }
});

Deno.test("productSamples() takes sums in one list as they are", () => {
  const shape = [2, 1, 3, 4];
  const lists = [
    { elements: [[0, 2], [], [1]], weights: [[0.25, 3], [], [0]] },
    { elements: [[3, 1]], weights: [[-1, 0.5]] },
  ];
  const rows = lists.map(({ elements, weights }) => ({
    offsets: Int32Array.from(
      [0, ...elements],
      (_, i) => elements.slice(0, i).flat().length,
    ),
    entries: Int32Array.from(elements.flat()),
    weights: Float64Array.from(weights.flat()),
  }));
  const of = (axes: SampledItem["axes"]) =>
    productSamples(shape, { outputSize: [3, 1], items: [{ source: 1, axes }] });
  assertEquals(of(rows), of(lists));
  assertEquals([...of(rows).sums.offsets], [0, 4, 4, 4]);
  assertEquals([...of(rows).sums.entries], [15, 13, 23, 21]);
  assertEquals([...of(rows).sums.weights], [-0.25, 0.125, -3, 1.5]);
});

Deno.test("productSamples() takes one to three axes", () => {
  for (const axes of [1, 2, 3]) {
    const spatial = [2, 3, 4].slice(0, axes);
    const each = { elements: [[1]], weights: [[2]] };
    const samples = productSamples([1, 1, ...spatial], {
      outputSize: spatial.map(() => 1),
      items: [{ source: 0, axes: spatial.map(() => each) }],
    });
    const place = spatial.reduce((at, length) => at * length + 1, 0);
    assertEquals([...samples.sums.entries], [place]);
    assertEquals([...samples.sums.weights], [2 ** axes]);
  }
});
