import { float32, int32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { s3, type S3Options } from "../mod.ts";

type Options = Partial<S3Options>;

const shapes: [name: string, shape: number[], options: Options, y: number[]][] =
  [
    ["halves by default", [2, 3, 8, 12], {}, [2, 3, 4, 6]],
    ["rounds down", [2, 3, 7, 9], {}, [2, 3, 3, 4]],
    [
      "has a partial grid at the end",
      [1, 11, 9],
      { gridSize: 8, axes: 1 },
      [1, 11, 4],
    ],
    ["picks as many of a partial grid as the stride leaves", [1, 23], {
      stride: [3],
      gridSize: [9],
    }, [1, 7]],
    ["has a partial grid alone", [1, 7], { gridSize: [8] }, [1, 3]],
    ["merges what is left into the last grid", [1, 11], {
      gridSize: [4],
      remainder: "merge",
    }, [1, 4]],
    ["keeps the size of a stride of 1", [1, 1], { stride: [1] }, [1, 1]],
    ["has a stride of each axis", [1, 1, 9, 8], {
      stride: [3, 2],
      gridSize: [3, 8],
    }, [1, 1, 3, 4]],
    ["takes three axes for rank 5", [1, 2, 4, 5, 6], {}, [1, 2, 2, 2, 3]],
    ["takes one axis for a list of one", [2, 3, 8], { gridSize: [4] }, [
      2,
      3,
      4,
    ]],
    ["has channels last where they are", [1, 8, 6, 3], { layout: "NHWC" }, [
      1,
      4,
      3,
      3,
    ]],
    ["has sizes for an empty batch", [0, 3, 8, 6], {}, [0, 3, 4, 3]],
    ["does as much with windows inside the input", [1, 1, 8, 8], {
      boundary: "valid",
      gridSize: 4,
      kernelSize: 3,
    }, [1, 1, 4, 4]],
  ];
for (const [name, shape, options, expected] of shapes) {
  for (const evalMode of ["average", "expectation", "sample"] as const) {
    Deno.test(`s3 ${name} with evalMode ${evalMode}`, () => {
      for (const mode of ["train", "infer"] as const) {
        using session = interpreter().session({ mode });
        const x = session.empty(shape);
        const all = { ...options, evalMode };
        assertEquals(
          session.run(s3, { x }, { options: all }).y.shape,
          expected,
        );
      }
    });
  }
}

const valid = { boundary: "valid" } as const;
const refused: [options: Options, kind: typeof TypeError, message: string][] = [
  [{ stride: 0 }, RangeError, "Option stride is 0"],
  [{ kernelSize: 0 }, RangeError, "Option kernelSize is 0"],
  [{ gridSize: 0 }, RangeError, "Option gridSize is 0"],
  [
    { gridSize: 3 },
    RangeError,
    "Cannot divide height into grids of 3: gridSize must be a multiple of stride, which is 2",
  ],
  [
    { gridSize: [2, 1] },
    RangeError,
    "Cannot divide width into grids of 1: gridSize must be a multiple of stride",
  ],
  [
    { stride: 7 },
    RangeError,
    "Cannot pool an input of height 6: stride 7 needs at least 7",
  ],
  [
    { gridSize: [6, 8], remainder: "merge" },
    RangeError,
    'Cannot pool an input of width 7: gridSize 8 with remainder "merge" needs at least 8',
  ],
  [
    { kernelSize: 7, ...valid },
    RangeError,
    'Cannot pool an input of height 6: kernelSize 7 with boundary "valid" needs at least 7',
  ],
  [
    { kernelSize: 3, ...valid },
    RangeError,
    'Cannot pool an input of height 6: kernelSize 3 with boundary "valid" leaves 0 of the positions of a grid, 1 are needed to pick from',
  ],
  [
    { kernelSize: 6, gridSize: 4, ...valid, remainder: "merge" },
    RangeError,
    "leaves 1 of the positions of a grid, 2 are needed to pick from",
  ],
  [
    { kernelSize: 4, gridSize: 6, ...valid },
    RangeError,
    'kernelSize 4 with boundary "valid" leaves no position for the last block, evalMode "expectation" or "sample" is needed',
  ],
  [
    { stride: [2] },
    TypeError,
    "rank 4",
  ],
  [
    { stride: [2, 2], gridSize: [2, 2, 2] },
    TypeError,
    "Option gridSize is [2,2,2]",
  ],
  [
    { depthIndices: int32([0]) },
    TypeError,
    "Cannot pick by depthIndices along 2 spatial axes: null is needed, their options are rowIndices, colIndices",
  ],
  [
    { rowIndices: float32([0, 2, 4]) },
    TypeError,
    "Option rowIndices is float32: int32 is needed",
  ],
  [
    { rowIndices: int32([0, 2]) },
    RangeError,
    "Option rowIndices has shape 2: 3 is needed, the length of the output's height",
  ],
  [
    { colIndices: int32([[0, 2, 4]]) },
    RangeError,
    "Option colIndices has shape 1×3: 3 is needed, the length of the output's width",
  ],
  [
    { rowIndices: int32([-1, 2, 4]) },
    RangeError,
    "Option rowIndices has -1 at 0: a position from 0 to 5 is needed",
  ],
  [
    { rowIndices: int32([1, 2, 6]) },
    RangeError,
    "Option rowIndices has 6 at 2: a position from 0 to 5 is needed",
  ],
  [
    { rowIndices: int32([1, 2, 5]), ...valid },
    RangeError,
    "Option rowIndices has 5 at 2: a position from 0 to 4 is needed",
  ],
  [
    { rowIndices: int32([1, 3, 2]) },
    RangeError,
    "Option rowIndices has 2 at 2: ascending positions are needed, 3 is before it",
  ],
  [
    { rowIndices: int32([1, 3, 3]) },
    RangeError,
    "ascending positions are needed, 3 is before it",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`s3 refuses options: ${message}`, () => {
    using session = interpreter().session();
    const x = session.empty([1, 1, 6, 7]);
    assertThrows(
      () => session.run(s3, { x }, { options }),
      kind,
      message,
    );
  });
}

Deno.test("s3 trains where evalMode other than average can infer", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.empty([1, 1, 6, 6]);
  const options = { kernelSize: 4, gridSize: 6, ...valid };
  for (const evalMode of ["expectation", "sample"] as const) {
    const all = { ...options, evalMode };
    assertEquals(
      session.run(s3, { x }, { options: all }).y.shape,
      [1, 1, 3, 3],
    );
  }
  assertThrows(() => session.run(s3, { x }, { options }), RangeError, "block");
});
