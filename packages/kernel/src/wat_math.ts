import {
  call,
  floats,
  get,
  int,
  ints,
  type Term,
  WatFunction,
} from "./wat_text.ts";
import { PARITY, ROTATIONS, ROUNDS } from "./threefry.ts";

/**
 * Coefficients of (e^r − 1 − r) / r² on |r| ≤ ln 2 / 2, by Remez exchange; in
 * the fewest digits that float32 tells apart.
 */
const EXP = [
  0.49999993,
  0.16666521,
  0.04166839,
  0.00836871,
  0.0013814614,
];

/** Coefficients of (ln(1 + f) − f + f²/2) / f³ on √½ ≤ 1 + f ≤ √2, likewise. */
const LOG = [
  0.33333317,
  -0.2500081,
  0.20002286,
  -0.16624555,
  0.14181192,
  -0.13128749,
  0.12881648,
  -0.07859629,
];

/** ln 2 in two parts: multiples of the first by an exponent are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Adding it to a small number leaves the nearest integer in the low bits. */
const ROUNDER = 12582912;
const ROUNDER_BITS = 0x4b400000;

/** A polynomial by Horner's rule; `x` is a term. */
function polynomial(
  coefficients: readonly number[],
  x: string,
  constant: (value: number) => Term = floats,
): Term {
  return coefficients.slice(0, -1).reduceRight(
    (sum, c) => call("f32x4.add", call("f32x4.mul", sum, x), constant(c)),
    constant(coefficients.at(-1)!),
  );
}

/**
 * e^x = 2ⁿ e^r with n = round(x / ln 2); at most 2 ulp off, subnormals too.
 * The instructions stand where they are needed: a call would cost as much.
 */
export function emitExp(out: WatFunction, value: Term): Term {
  const rounder = out.constant(ROUNDER);
  const [x, t, n, r] = ["exp.x", "exp.t", "exp.n", "exp.r"];
  // Beyond these bounds the result is 0 or infinite anyway. The pseudo-minimum
  // gives its first operand where that is NaN.
  const low = call("f32x4.pmin", value, out.constant(89));
  out.set(x, "v128", call("f32x4.pmax", low, out.constant(-104)));
  const scaled = call("f32x4.mul", get(x), out.constant(1 / Math.LN2));
  out.set(t, "v128", call("f32x4.add", scaled, rounder));
  out.set(n, "v128", call("f32x4.sub", get(t), rounder));
  const high = call("f32x4.mul", get(n), out.constant(LN2_HIGH));
  const rest = call("f32x4.mul", get(n), out.constant(LN2_LOW));
  const above = call("f32x4.sub", get(x), high);
  out.set(r, "v128", call("f32x4.sub", above, rest));
  // 2ⁿ in two factors, so that neither overflows nor vanishes early.
  const bits = out.integer(ROUNDER_BITS);
  out.set(n, "v128", call("i32x4.sub", get(t), bits));
  out.set(t, "v128", call("i32x4.shr_s", get(n), int(1)));
  const power = (exponent: Term) =>
    call(
      "i32x4.shl",
      call("i32x4.add", exponent, out.integer(127)),
      int(23),
    );
  const half = call("f32x4.mul", expOfRest(out, r), power(get(t)));
  return call("f32x4.mul", half, power(call("i32x4.sub", get(n), get(t))));
}

/** The largest power, up or down, that {@linkcode emitBoundedExp} takes. */
export const EXP_BOUNDS = 87;

/** e^x where that is a normal number, or NaN; at most 2 ulp off. */
export function emitBoundedExp(out: WatFunction, value: Term): Term {
  const [x, t, n, r] = ["exp.x", "exp.t", "exp.n", "exp.r"];
  // With the exponent's bias, so that what is left in the low bits needs a
  // shift to be a power of two.
  const rounder = out.constant(ROUNDER + 127);
  out.set(x, "v128", value);
  const scaled = call("f32x4.mul", get(x), out.constant(1 / Math.LN2));
  out.set(t, "v128", call("f32x4.add", scaled, rounder));
  out.set(n, "v128", call("f32x4.sub", get(t), rounder));
  const high = call("f32x4.mul", get(n), out.constant(LN2_HIGH));
  const rest = call("f32x4.mul", get(n), out.constant(LN2_LOW));
  const above = call("f32x4.sub", get(x), high);
  out.set(r, "v128", call("f32x4.sub", above, rest));
  const power = call("i32x4.shl", get(t), int(23));
  return call("f32x4.mul", expOfRest(out, r), power);
}

/** e^r for a small r, the name of a local. */
function expOfRest(out: WatFunction, r: string): Term {
  const square = call("f32x4.mul", get(r), get(r));
  const tail = call(
    "f32x4.mul",
    square,
    polynomial(EXP, get(r), (c) => out.constant(c)),
  );
  return call(
    "f32x4.add",
    call("f32x4.add", tail, get(r)),
    out.constant(1),
  );
}

/** e^x as a function, for those that build on it. */
function expFunction(): string {
  const out = new WatFunction();
  const value = emitExp(out, get("value"));
  out.line(value);
  return out.text("$exp (param $value v128) (result v128)");
}

/** ln x = e ln 2 + ln m with √½ ≤ m < √2; at most 2 ulp off, subnormals too. */
const log = `  (func $log (param $x v128) (result v128)
    (local $bits v128) (local $e v128) (local $f v128) (local $tiny v128)
    (local.set $tiny (f32x4.lt (local.get $x) ${floats(2 ** -126)}))
    (local.set $bits (v128.bitselect
      (f32x4.mul (local.get $x) ${floats(2 ** 23)})
      (local.get $x)
      (local.get $tiny)))
    ;; the exponent counts from √½, so that the rest lies around 1
    (local.set $e (i32x4.shr_s
      (i32x4.sub (local.get $bits) ${
  ints(0x3f3504f3, 0x3f3504f3, 0x3f3504f3, 0x3f3504f3)
})
      (i32.const 23)))
    (local.set $f (f32x4.sub
      (i32x4.sub (local.get $bits) (i32x4.shl (local.get $e) (i32.const 23)))
      ${floats(1)}))
    (local.set $e (f32x4.convert_i32x4_s (i32x4.sub
      (local.get $e)
      (v128.and (local.get $tiny) ${ints(23, 23, 23, 23)}))))
    (local.set $bits (f32x4.mul (local.get $f) (local.get $f)))
    (local.set $f (f32x4.add
      (f32x4.add
        (local.get $f)
        (f32x4.add
          (f32x4.sub
            (f32x4.mul
              (f32x4.mul (local.get $bits) (local.get $f))
              ${polynomial(LOG, "(local.get $f)")})
            (f32x4.mul (local.get $bits) ${floats(0.5)}))
          (f32x4.mul (local.get $e) ${floats(LN2_LOW)})))
      (f32x4.mul (local.get $e) ${floats(LN2_HIGH)})))
    ;; infinities and NaN pass, 0 gives -inf, below it NaN
    (local.set $f (v128.bitselect
      (local.get $f)
      (local.get $x)
      (f32x4.lt (local.get $x) ${floats(Infinity)})))
    (local.set $f (v128.bitselect
      ${floats(-Infinity)}
      (local.get $f)
      (f32x4.eq (local.get $x) ${floats(0)})))
    (v128.or (local.get $f) (f32x4.lt (local.get $x) ${floats(0)})))`;

const pow = `  (func $pow (param $a v128) (param $b v128) (result v128)
    (v128.bitselect
      ${floats(1)}
      (call $exp (f32x4.mul (local.get $b) (call $log (local.get $a))))
      (f32x4.eq (local.get $b) ${floats(0)})))`;

const sign = `  (func $sign (param $x v128) (result v128)
    (v128.bitselect
      (v128.or
        (v128.and (local.get $x) ${floats(-0)})
        ${floats(1)})
      (local.get $x)
      (v128.or
        (f32x4.lt (local.get $x) ${floats(0)})
        (f32x4.gt (local.get $x) ${floats(0)}))))`;

/** ⌊log₂|x|⌋ of normal numbers. */
const exponent = `  (func $exponent (param $x v128) (result v128)
    (f32x4.convert_i32x4_s (i32x4.sub
      (v128.and
        (i32x4.shr_u (local.get $x) (i32.const 23))
        ${ints(255, 255, 255, 255)})
      ${ints(127, 127, 127, 127)})))`;

/** x 2ᵏ in two factors, so that neither overflows nor vanishes early. */
const ldexp = `  (func $ldexp (param $x v128) (param $k v128) (result v128)
    (local $n v128) (local $half v128)
    (local.set $n (i32x4.trunc_sat_f32x4_s (local.get $k)))
    (local.set $half (i32x4.shr_s (local.get $n) (i32.const 1)))
    (f32x4.mul
      (f32x4.mul (local.get $x) ${powerOfTwo("(local.get $half)")})
      ${powerOfTwo("(i32x4.sub (local.get $n) (local.get $half))")}))`;

function powerOfTwo(exponent: Term): Term {
  const biased = call("i32x4.add", exponent, ints(127, 127, 127, 127));
  return call("i32x4.shl", biased, int(23));
}

/** The upper halves of the products of four pairs of unsigned integers. */
const mulHigh = `  (func $mulHigh (param $a v128) (param $b v128) (result v128)
    (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31
      (i64x2.extmul_low_i32x4_u (local.get $a) (local.get $b))
      (i64x2.extmul_high_i32x4_u (local.get $a) (local.get $b))))`;

/** The first word of Threefry-2x32-20 for four counters. */
function threefry(): string {
  const lines: string[] = [];
  const key = (i: number) => `(i32x4.splat (local.get $k${i % 3}))`;
  const put = (name: string, value: string) =>
    lines.push(`    (local.set $${name} ${value})`);
  for (let round = 0; round < ROUNDS; round++) {
    const turn = ROTATIONS[round % ROTATIONS.length];
    put("x0", "(i32x4.add (local.get $x0) (local.get $x1))");
    put(
      "x1",
      `(v128.xor (local.get $x0) (v128.or (i32x4.shl (local.get $x1) (i32.const ${turn})) (i32x4.shr_u (local.get $x1) (i32.const ${
        32 - turn
      }))))`,
    );
    if (round % 4 !== 3) continue;
    const group = (round + 1) / 4;
    put("x0", `(i32x4.add (local.get $x0) ${key(group)})`);
    put(
      "x1",
      `(i32x4.add (local.get $x1) (i32x4.add ${key(group + 1)} ${
        ints(group, group, group, group)
      }))`,
    );
  }
  return `  (func $word (param $x0 v128) (param $slot i32) (param $k0 i32) (param $k1 i32) (result v128)
    (local $x1 v128) (local $k2 i32)
    (local.set $k2 (i32.xor (i32.const ${PARITY}) (i32.xor (local.get $k0) (local.get $k1))))
    (local.set $x0 (i32x4.add (local.get $x0) ${key(0)}))
    (local.set $x1 (i32x4.splat (i32.add (local.get $slot) (local.get $k1))))
${lines.join("\n")}
    (local.get $x0))`;
}

/** The same as numbers in [0, 1). */
const random =
  `  (func $random (param $index v128) (param $slot i32) (param $k0 i32) (param $k1 i32) (result v128)
    (f32x4.mul
      (f32x4.convert_i32x4_u (i32x4.shr_u
        (call $word (local.get $index) (local.get $slot) (local.get $k0) (local.get $k1))
        (i32.const 8)))
      ${floats(2 ** -24)}))`;

/** The helper functions that instructions alone do not give, by name. */
const functions: Readonly<Record<string, string>> = {
  exp: expFunction(),
  log,
  pow,
  sign,
  exponent,
  ldexp,
  mulHigh,
  word: threefry(),
  random,
};

/** The texts of the helper functions that a kernel's text calls. */
export function mathFunctions(text: string): string[] {
  const names = new Set<string>();
  const collect = (caller: string) => {
    for (const [, name] of caller.matchAll(/\(call \$(\w+)/g)) {
      if (names.has(name)) continue;
      names.add(name);
      collect(functions[name]);
    }
  };
  collect(text);
  return Object.keys(functions)
    .filter((name) => names.has(name))
    .map((name) => functions[name]);
}
