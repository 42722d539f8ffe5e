import {
  call,
  floats,
  get,
  int,
  splatInt,
  type Term,
  WatFunction,
} from "./wat_text.ts";
import { PARITY, ROTATIONS, ROUNDS } from "./threefry.ts";

/**
 * Coefficients of (e^r − 1 − r) / r on |r| ≤ ln 2 / 2, by Remez exchange: of the
 * least degree that leaves room for rounding below 2 ulp. Below 0, where an ulp
 * is half as large, the error counts 2.4 times as much.
 */
const EXP_FIRST = -6.556511e-7;
const EXP = [
  0.49999142,
  0.16668575,
  0.04189882,
  0.008236145,
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
  out: WatFunction,
  coefficients: readonly number[],
  x: Term,
): Term {
  const constants = coefficients.map((c) => out.constant(c));
  return constants.slice(0, -1).reduceRight(
    (sum, c) => out.keep("series", out.multiplyAdd(sum, x, c)),
    constants.at(-1)!,
  );
}

/**
 * e^x = 2ⁿ e^r with n = round(x / ln 2); at most 2 ulp off, subnormals too.
 * The instructions stand where they are needed: a call would cost as much.
 */
export function emitExp(out: WatFunction, value: Term): Term {
  // Beyond these bounds the result is 0 or infinite anyway. The pseudo-minimum
  // gives its first operand where that is NaN.
  const low = call("f32x4.pmin", value, out.constant(89));
  const bounded = call("f32x4.pmax", low, out.constant(-104));
  const x = out.keep("exp.x", bounded);
  const { rest, shifted } = expOfRest(out, x, ROUNDER);
  // 2ⁿ in two factors, so that neither overflows nor vanishes early.
  const bits = out.integer(ROUNDER_BITS);
  const n = out.keep("exp.n", call("i32x4.sub", shifted, bits));
  const t = out.keep("exp.t", call("i32x4.shr_s", n, int(1)));
  const half = call("f32x4.mul", rest, powerOfTwo(t));
  return call("f32x4.mul", half, powerOfTwo(call("i32x4.sub", n, t)));
}

/** The largest power, up or down, that {@linkcode emitBoundedExp} takes. */
export const EXP_BOUNDS = 87;

/**
 * e^x where that is a normal number, or NaN; at most 2 ulp off. Where it is
 * known to be a number, the product with 2ⁿ is an addition to the exponent's
 * bits, which costs less; else the exponent's bias stands in front of n.
 */
export function emitBoundedExp(
  out: WatFunction,
  value: Term,
  { isNumber }: { isNumber: boolean },
): Term {
  const x = out.keep("exp.x", value);
  const rounder = isNumber ? ROUNDER : ROUNDER + 127;
  const { rest, shifted } = expOfRest(out, x, rounder);
  const scale = isNumber ? "i32x4.add" : "f32x4.mul";
  return call(scale, rest, call("i32x4.shl", shifted, int(23)));
}

/**
 * e^r with r = x − n ln 2 and n = round(x / ln 2), and `shifted`, whose low bits
 * are n and what is added to it.
 */
function expOfRest(
  out: WatFunction,
  x: Term,
  rounder: number,
): { rest: Term; shifted: Term } {
  const shift = out.constant(rounder);
  const scaled = out.multiplyAdd(x, out.constant(1 / Math.LN2), shift);
  const shifted = out.keep("exp.t", scaled);
  const n = out.keep("exp.n", call("f32x4.sub", shifted, shift));
  const high = out.multiplyAdd(n, out.constant(-LN2_HIGH), x);
  const above = out.keep("exp.r", high);
  const low = out.multiplyAdd(n, out.constant(-LN2_LOW), above);
  const r = out.keep("exp.r", low);
  // Where products are rounded, r is kept out of them.
  if (out.fused) {
    return { rest: polynomial(out, [1, 1 + EXP_FIRST, ...EXP], r), shifted };
  }
  const tail = polynomial(out, [EXP_FIRST, ...EXP], r);
  const sum = out.keep("exp.r", out.multiplyAdd(tail, r, r));
  return { rest: call("f32x4.add", sum, out.constant(1)), shifted };
}

/** ln x = e ln 2 + ln m with √½ ≤ m < √2; at most 2 ulp off, subnormals too. */
function logFunction(fused: boolean): string {
  const out = new WatFunction(fused);
  const [x, bits, e, f, tiny] = ["x", "bits", "e", "f", "tiny"].map(get);
  out.keep("tiny", call("f32x4.lt", x, floats(2 ** -126)));
  const normal = call("f32x4.mul", x, floats(2 ** 23));
  out.keep("bits", call("v128.bitselect", normal, x, tiny));
  // The exponent counts from √½, so that the rest lies around 1.
  const above = call("i32x4.sub", bits, splatInt(0x3f3504f3));
  out.keep("e", call("i32x4.shr_s", above, int(23)));
  const mantissa = call("i32x4.sub", bits, call("i32x4.shl", e, int(23)));
  out.keep("f", call("f32x4.sub", mantissa, floats(1)));
  const shift = call("v128.and", tiny, splatInt(23));
  out.keep("e", call("f32x4.convert_i32x4_s", call("i32x4.sub", e, shift)));
  out.keep("bits", call("f32x4.mul", f, f));
  const cube = call("f32x4.mul", bits, f);
  const tail = call("f32x4.mul", cube, polynomial(out, LOG, f));
  const bent = out.multiplyAdd(bits, floats(-0.5), tail);
  const low = out.multiplyAdd(e, floats(LN2_LOW), bent);
  const sum = call("f32x4.add", f, low);
  out.keep("f", out.multiplyAdd(e, floats(LN2_HIGH), sum));
  // Infinities and NaN pass, 0 gives -inf, below it NaN.
  const finite = call("f32x4.lt", x, floats(Infinity));
  out.keep("f", call("v128.bitselect", f, x, finite));
  const zero = call("f32x4.eq", x, floats(0));
  out.keep("f", call("v128.bitselect", floats(-Infinity), f, zero));
  out.line(call("v128.or", f, call("f32x4.lt", x, floats(0))));
  return out.text("$log (param $x v128) (result v128)");
}

/** aᵇ of positive numbers, and 1 where b is 0. */
function powFunction(fused: boolean): string {
  const out = new WatFunction(fused);
  const b = get("b");
  const log = call("call $log", get("a"));
  const power = emitExp(out, call("f32x4.mul", b, log));
  const isOne = call("f32x4.eq", b, floats(0));
  out.line(call("v128.bitselect", floats(1), power, isOne));
  return out.text("$pow (param $a v128) (param $b v128) (result v128)");
}

const sign = `  (func $sign (param $x v128) (result v128)
    (v128.bitselect
      (v128.or
        (v128.and (local.get $x) ${floats(-0)})
        ${floats(1)})
      (local.get $x)
      (f32x4.gt (f32x4.abs (local.get $x)) ${floats(0)})))`;

/** ⌊log₂|x|⌋ of normal numbers. */
const exponent = `  (func $exponent (param $x v128) (result v128)
    (f32x4.convert_i32x4_s (i32x4.sub
      (v128.and
        (i32x4.shr_u (local.get $x) (i32.const 23))
        ${splatInt(255)})
      ${splatInt(127)})))`;

/** x 2ᵏ in two factors, so that neither overflows nor vanishes early. */
const ldexp = `  (func $ldexp (param $x v128) (param $k v128) (result v128)
    (local $n v128) (local $half v128)
    (local.set $n (i32x4.trunc_sat_f32x4_s (local.get $k)))
    (local.set $half (i32x4.shr_s (local.get $n) (i32.const 1)))
    (f32x4.mul
      (f32x4.mul (local.get $x) ${powerOfTwo("(local.get $half)")})
      ${powerOfTwo("(i32x4.sub (local.get $n) (local.get $half))")}))`;

function powerOfTwo(exponent: Term): Term {
  const biased = call("i32x4.add", exponent, splatInt(127));
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
  const key = (i: number) => call("i32x4.splat", get(`k${i % 3}`));
  const put = (name: string, value: string) =>
    lines.push(`    (local.set $${name} ${value})`);
  const plus = (a: Term, b: Term) => call("i32x4.add", a, b);
  const [x0, x1] = ["x0", "x1"].map(get);
  for (let round = 0; round < ROUNDS; round++) {
    const turn = ROTATIONS[round % ROTATIONS.length];
    const high = call("i32x4.shl", x1, int(turn));
    const low = call("i32x4.shr_u", x1, int(32 - turn));
    put("x0", plus(x0, x1));
    put("x1", call("v128.xor", x0, call("v128.or", high, low)));
    if (round % 4 !== 3) continue;
    const group = (round + 1) / 4;
    put("x0", plus(x0, key(group)));
    put("x1", plus(x1, plus(key(group + 1), splatInt(group))));
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
const functions: Readonly<Record<string, (fused: boolean) => string>> = {
  log: logFunction,
  pow: powFunction,
  sign: () => sign,
  exponent: () => exponent,
  ldexp: () => ldexp,
  mulHigh: () => mulHigh,
  word: threefry,
  random: () => random,
};

/** The texts of the helper functions that a kernel's text calls. */
export function mathFunctions(text: string, fused: boolean): string[] {
  const texts = new Map<string, string>();
  const collect = (caller: string) => {
    for (const [, name] of caller.matchAll(/\(call \$(\w+)/g)) {
      if (texts.has(name)) continue;
      texts.set(name, functions[name](fused));
      collect(texts.get(name)!);
    }
  };
  collect(text);
  return Object.keys(functions).flatMap((name) => texts.get(name) ?? []);
}
