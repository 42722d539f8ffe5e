import { assert, assertEquals, assertThrows } from "@std/assert";
import type { PoolingOp, Tensor } from "@rockpool/core";
import { interpreter } from "./interpreter.ts";
import { type PerAxis, slide } from "./slide.ts";
import { windowKernel } from "./window_kernel.ts";

const sum = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));

interface SumOptions {
  readonly kernelSize: PerAxis;
  readonly scale: Tensor | null;
}

/** How often an operator was asked for its shape, and what it was given. */
function counted() {
  const asked: SumOptions[] = [];
  const op: PoolingOp<SumOptions, "x", never, "y"> = {
    name: "counted",
    summary: "",
    category: "generic",
    options: {
      kernelSize: { kind: "axes", min: 1, help: "" },
      scale: { kind: "tensor", nullable: true, default: null, help: "" },
    },
    inputs: ["x"],
    shape: ({ x }, options) => {
      asked.push(options);
      return slide(x, { kernelSize: options.kernelSize }).outputShape;
    },
    forward(cx, { x }, { kernelSize, scale }) {
      const windows = slide(x.shape, {
        kernelSize: scale ? scale.data[0] : kernelSize,
      });
      return { y: cx.window(sum, { values: { x } }, windows).y };
    },
  };
  return { op, asked };
}

function open() {
  const session = interpreter().session();
  const upload = (...shape: number[]) =>
    session.upload({
      shape,
      data: new Float32Array(shape.reduce((n, length) => n * length, 1)),
    });
  return { session, upload };
}

Deno.test("run() checks the same options and shapes once, for any backend", () => {
  const { op, asked } = counted();
  for (let i = 0; i < 3; i++) {
    const { session, upload } = open();
    using _ = session;
    for (let call = 0; call < 2; call++) {
      session.run(op, { x: upload(1, 4, 4) }, {
        options: { kernelSize: [2, 2] },
      });
    }
  }
  assertEquals(asked.length, 1);
});

Deno.test("run() sees options that were changed between calls", () => {
  const { op } = counted();
  const { session, upload } = open();
  using _ = session;
  const x = upload(1, 4, 6);
  const kernelSize = [2, 2];
  const options: { kernelSize: PerAxis } = { kernelSize };
  const shape = () => session.run(op, { x }, { options }).y.shape;
  assertEquals(shape(), [1, 2, 3]);
  kernelSize[1] = 3;
  assertEquals(shape(), [1, 2, 2]);
  options.kernelSize = 4;
  assertEquals(shape(), [1, 1, 1]);
  kernelSize[1] = 2;
  options.kernelSize = kernelSize;
  assertEquals(shape(), [1, 2, 3]);
});

Deno.test("run() sees the numbers of an option that is a tensor", () => {
  const { op, asked } = counted();
  const { session, upload } = open();
  using _ = session;
  const x = upload(1, 6, 6);
  const scale = { shape: [1], data: Float32Array.of(2) };
  const options = { kernelSize: 1, scale };
  assertEquals(session.run(op, { x }, { options }).y.shape, [1, 3, 3]);
  scale.data[0] = 3;
  assertEquals(session.run(op, { x }, { options }).y.shape, [1, 2, 2]);
  assertEquals(asked.length, 2);
});

Deno.test("run() gives an operator options that it cannot change", () => {
  const { op, asked } = counted();
  const { session, upload } = open();
  using _ = session;
  const options = { kernelSize: [2, 2] };
  session.run(op, { x: upload(1, 4, 4) }, { options });
  assert(Object.isFrozen(asked[0]) && Object.isFrozen(asked[0].kernelSize));
  assert(!Object.isFrozen(options.kernelSize));
});

Deno.test("run() refuses what is wrong each time, and after what was right", () => {
  const { op } = counted();
  const { session, upload } = open();
  using _ = session;
  const x = upload(1, 4, 4);
  session.run(op, { x }, { options: { kernelSize: 2 } });
  const wrong: [options: object, inputs: object, message: string][] = [
    [{ kernelSize: 2, size: 3 }, { x }, 'Unknown option "size"'],
    [{ kernelSize: 2, toString: 3 }, { x }, 'Unknown option "toString"'],
    [{ kernelSize: 0 }, { x }, "Option kernelSize is 0"],
    [{}, { x }, "Option kernelSize is missing"],
    [{ kernelSize: 2 }, { x, z: x }, 'it has no input "z"'],
    [{ kernelSize: 2 }, {}, 'its input "x" is missing'],
    [{ kernelSize: 5 }, { x }, "Cannot pool an input of height 4"],
    [{ kernelSize: 2 }, { x: { ...x } }, "belongs to another session"],
  ];
  for (const [options, inputs, message] of [...wrong, ...wrong]) {
    assertThrows(
      () =>
        session.run(op, inputs as { x: typeof x }, {
          options: options as SumOptions,
        }),
      Error,
      message,
    );
  }
});
