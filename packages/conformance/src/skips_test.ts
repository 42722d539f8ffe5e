import { assertEquals, assertThrows } from "@std/assert";
import { assertSkips, skipReason, type Skips } from "./skips.ts";

const trial = { shape: [1], options: { kernelSize: 2 } };
const step = { check: "nan", backend: "cpu", case: trial } as const;

Deno.test("assertSkips() refuses a name that is no check", () => {
  const skips = { nans: "NaN means a gap here" } as Skips;
  assertThrows(
    () => assertSkips(skips),
    RangeError,
    'Cannot skip "nans": it is no check: did you mean "nan"',
  );
});

Deno.test("assertSkips() refuses a skip without a reason", () => {
  for (const nan of ["", " ", [], { reason: "" }, [{ reason: "\n" }]]) {
    assertThrows(
      () => assertSkips({ nan }),
      RangeError,
      'Cannot skip "nan" without a reason',
    );
  }
  assertThrows(() => assertSkips({ nan: {} } as unknown as Skips), RangeError);
});

Deno.test("skipReason() gives the reason of what is skipped, and of nothing else", () => {
  assertEquals(skipReason({ nan: "a gap" }, step), "a gap");
  assertEquals(skipReason({ seeds: "a gap" }, step), undefined);
});

Deno.test("skipReason() tells backends and cases apart", () => {
  const skips = (part: object): Skips => ({
    nan: [{ reason: "another", backend: "gpu" }, { reason: "a gap", ...part }],
  });
  const where = (size: number) => ({
    where: ({ options }: typeof trial) => options.kernelSize === size,
  });
  assertEquals(skipReason(skips({ backend: "cpu" }), step), "a gap");
  assertEquals(skipReason(skips({ backend: "npu" }), step), undefined);
  assertEquals(skipReason(skips(where(2)), step), "a gap");
  assertEquals(skipReason(skips(where(3)), step), undefined);
  const other = { ...step, case: undefined };
  assertEquals(skipReason(skips(where(2)), other), undefined);
});
