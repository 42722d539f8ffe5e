import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  emitWat,
  emitWatEigen,
  emitWatMatmul,
  emitWatPlace,
  emitWatSums,
  emitWatTake,
  emitWatTranspose,
  type OpcodeRow,
  programsOf,
  slide,
  type WatFixed,
  windowKernel,
} from "@rockpool/kernel";
import compile from "watr/compile";
import { assemble } from "./assemble.ts";
import { INSTRUCTIONS, instructionsOf } from "./instructions.ts";

/** A module of one function. */
const moduleOf = (...lines: string[]) =>
  `(module
    (import "env" "memory" (memory 1 2))
    (func (export "run") (param $a i32) (result i32)
      ${lines.join("\n")}
    )
  )`;

function assertSame(text: string, more: readonly OpcodeRow[] = []): void {
  assertEquals(assemble(text, more), compile(text), text.slice(0, 200));
}

Deno.test("assemble() gives the bytes of watr for kernels that are always the same", () => {
  const emitters = [
    emitWatEigen,
    emitWatMatmul,
    emitWatPlace,
    emitWatSums,
    emitWatTake,
    emitWatTranspose,
  ];
  for (const emit of emitters) {
    for (const shared of [true, false]) {
      const kernel: WatFixed = emit({ shared });
      assertSame(kernel.text, kernel.instructions);
    }
  }
});

Deno.test("assemble() gives the bytes of watr for kernels of formulas", () => {
  const kernel = windowKernel("soft", ["x"], ({ x }, fold) => {
    const weight = x.sub(fold.max(x)).exp();
    return fold.sum(weight.mul(x)).div(fold.sum(weight)).log();
  });
  const { infer, train, gradients } = programsOf(kernel);
  for (const layout of ["NCHW", "NHWC"] as const) {
    for (const options of [{ kernelSize: 2 }, { kernelSize: 3, padding: 1 }]) {
      const windows = slide([2, 5, 9, 11], { ...options, layout });
      for (
        const program of [
          infer,
          train,
          ...gradients.map((it) => it.program),
        ]
      ) {
        assertSame(emitWat(program, windows).text);
      }
    }
  }
});

Deno.test("assemble() gives the bytes of watr for every instruction", () => {
  const brought = emitWatEigen().instructions;
  const all = [...INSTRUCTIONS, ...instructionsOf(brought)];
  for (const [name, { alignment }] of all) {
    const lanes = name === "i8x16.shuffle"
      ? [...Array(16).keys()].join(" ")
      : /_lane$/.test(name)
      ? "1"
      : "";
    const offset = alignment === undefined ? "" : "offset=300";
    assertSame(moduleOf(`(${[name, offset, lanes].join(" ")})`), brought);
  }
});

Deno.test("assemble() gives the bytes of watr for constants", () => {
  for (
    const value of [0, -1, 63, 64, -64, -65, 8191, 2 ** 31 - 1, -(2 ** 31)]
  ) {
    assertSame(moduleOf(`(i32.const ${value})`));
  }
  for (const value of ["0", "-0", "1.5", "-3e-39", "inf", "-inf", "nan"]) {
    assertSame(moduleOf(`(f32.const ${value})`, `(f64.const ${value})`));
    assertSame(moduleOf(`(v128.const f32x4 ${`${value} `.repeat(4)})`));
  }
  assertSame(moduleOf("(v128.const i32x4 1 -2 3 2147483647)"));
});

Deno.test("assemble() finds names of variables, functions and labels", () => {
  assertSame(`(module ;; a comment
    (import "env" "memory" (memory 1 65536 shared))
    (func $other (param $x f32) (param $y f64) (result f64) (local.get $y))
    (func (export "run") (param $a i32)
      (local $b i32) (local $c i32) (local $d v128) (local $e f64)
      (block $outer
        (loop $inner
          (br_if $outer (i32.eqz (local.get $a)))
          (if (local.get $a)
            (then (local.set $c (local.get $b)) (br $inner))
            (else (local.set $b (local.get $c)) (br $outer))
          )
        )
      )
      (local.set $e (call $other (f32.const 1) (f64.const 2)))
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    )
  )`);
});

Deno.test("assemble() makes modules that run", () => {
  const text = moduleOf("(i32.mul (local.get $a) (i32.const 3))");
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const module = new WebAssembly.Module(assemble(text));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  assertEquals((exports.run as (a: number) => number)(14), 42);
});

Deno.test("assemble() says what it does not understand", () => {
  const cases = [
    ["(i32.frobnicate)", "i32.frobnicate is not understood"],
    ["(local.get $b)", "$b is not understood"],
    ["(br $nowhere)", "$nowhere is not understood"],
    ["(call $nobody)", "$nobody is not understood"],
    ["(i32.const x)", "x is not understood"],
    ["(f32.const x)", "x is not understood"],
    ["(v128.const i8x16 1)", "i8x16 is not understood"],
    ["(i32.const 1", "parentheses do not match"],
  ];
  for (const [line, message] of cases) {
    assertThrows(() => assemble(moduleOf(line)), SyntaxError, message);
  }
  assert(INSTRUCTIONS.size > 80);
});
