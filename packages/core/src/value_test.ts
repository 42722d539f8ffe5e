import { assertEquals, assertThrows } from "@std/assert";
import { checkTensor, type Tensor } from "./value.ts";

Deno.test("checkTensor() tells the element type", () => {
  assertEquals(
    checkTensor({ shape: [2], data: new Float32Array(2) }),
    "float32",
  );
  assertEquals(checkTensor({ shape: [2], data: new Int32Array(2) }), "int32");
});

Deno.test("checkTensor() names the data that it cannot use", () => {
  const of = (data: unknown) => ({ shape: [2], data }) as Tensor;
  assertThrows(
    () => checkTensor(of(new Float64Array(2)), "x"),
    TypeError,
    "Cannot use x: its data is Float64Array",
  );
  assertThrows(() => checkTensor(of(undefined)), TypeError, "undefined");
});

Deno.test("checkTensor() wants as many numbers as the shape has elements", () => {
  assertThrows(
    () => checkTensor({ shape: [2, 2], data: new Float32Array(3) }),
    RangeError,
    "of shape 2×2: its data has 3 elements, 4 are needed",
  );
});
