import { PARITY, ROTATIONS, ROUNDS } from "./threefry.ts";

/**
 * Functions that kernels call, each after those that it calls itself.
 *
 * WGSL lets an implementation assume that there is no NaN and no infinity, so
 * both are told by their bits, and values that may be either come from the
 * arguments of the call rather than from constants.
 */
const helpers: Readonly<Record<string, string>> = {
  is_nan: `
fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}`,
  is_greater: `
// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) || (a > b && !is_nan(b));
}`,
  is_smaller: `
// Whether a takes the place of b in a minimum.
fn is_smaller(a: f32, b: f32) -> bool {
  return is_nan(a) || (a < b && !is_nan(b));
}`,
  wins_maximum: `
// Whether a, at i, takes the place of b, at j, in a maximum of elements in any
// order: of equal ones the first wins, of NaN the last, and −1 is no element.
fn wins_maximum(a: f32, i: i32, b: f32, j: i32) -> bool {
  if (i < 0 || j < 0) {
    return j < i;
  }
  if (is_nan(a) || is_nan(b)) {
    return is_nan(a) && (i > j || !is_nan(b));
  }
  return a > b || (a == b && i < j);
}`,
  wins_minimum: `
// Whether a, at i, takes the place of b, at j, in a minimum.
fn wins_minimum(a: f32, i: i32, b: f32, j: i32) -> bool {
  return wins_maximum(-a, i, -b, j);
}`,
  greater_of: `
fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) || (a >= b && !is_nan(b)));
}`,
  smaller_of: `
fn smaller_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) || (a <= b && !is_nan(b)));
}`,
  sign_of: `
fn sign_of(a: f32) -> f32 {
  return select(sign(a), a, is_nan(a));
}`,
  exp_of: `
fn exp_of(a: f32) -> f32 {
  return select(exp(a), a, is_nan(a));
}`,
  log_of: `
fn log_of(a: f32) -> f32 {
  if (is_nan(a) || a == call.infinity) {
    return a;
  }
  if (a == 0.0) {
    return -call.infinity;
  }
  return select(log(a), call.nan, a < 0.0);
}`,
  power_of: `
fn power_of(a: f32, b: f32) -> f32 {
  if (b == 0.0) {
    return 1.0;
  }
  if (is_nan(a) || is_nan(b) || a < 0.0 || (a == 1.0 && abs(b) == call.infinity)) {
    return call.nan;
  }
  if (a == 0.0 || a == call.infinity) {
    return select(call.infinity, 0.0, (a == 0.0) == (b > 0.0));
  }
  return pow(a, b);
}`,
  exponent_of: `
fn exponent_of(a: f32) -> f32 {
  return f32(i32((bitcast<u32>(a) >> 23u) & 255u) - 127);
}`,
  scaled: `
// a times 2 to the power, in two factors, so that neither overflows nor vanishes early.
fn scaled(a: f32, power: f32) -> f32 {
  let n = i32(power);
  let half = n >> 1u;
  return a * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((n - half + 127) << 23u);
}`,
  index_of: `
fn index_of(a: f32) -> i32 {
  return select(i32(a), 0, is_nan(a));
}`,
  high_product: `
// The upper half of a product of unsigned integers, from products of halves.
fn high_product(a: i32, b: i32) -> i32 {
  let a_low = u32(a) & 0xffffu;
  let a_high = u32(a) >> 16u;
  let b_low = u32(b) & 0xffffu;
  let b_high = u32(b) >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let other = a_low * b_high + (middle & 0xffffu);
  return i32(a_high * b_high + (middle >> 16u) + (other >> 16u));
}`,
  random_word: `
// The first word of Threefry-2x32-20.
fn random_word(index: u32, slot: u32) -> u32 {
  var keys = array(call.seed, call.stream, ${
    hex(PARITY)
  } ^ call.seed ^ call.stream);
  var turns = array(${ROTATIONS.map((turn) => `${turn}u`).join(", ")});
  var x = index + keys[0];
  var y = slot + keys[1];
  for (var round = 0u; round < ${ROUNDS}u; round++) {
    let turn = turns[round % ${ROTATIONS.length}u];
    x += y;
    y = ((y << turn) | (y >> (32u - turn))) ^ x;
    if (round % 4u == 3u) {
      let group = (round + 1u) / 4u;
      x += keys[group % 3u];
      y += keys[(group + 1u) % 3u] + group;
    }
  }
  return x;
}`,
  random: `
// The same as a number in [0, 1).
fn random(index: u32, slot: u32) -> f32 {
  return f32(random_word(index, slot) >> 8u) * ${2 ** -24};
}`,
};

function hex(word: number): string {
  return `0x${word.toString(16)}u`;
}

/** The helpers that a text calls, and those that they call. */
export function helpersOf(text: string): string {
  let all = text;
  for (const [name, helper] of Object.entries(helpers).toReversed()) {
    if (new RegExp(`\\b${name}\\(`).test(all)) all = `${helper}\n${all}`;
  }
  return all.slice(0, all.length - text.length);
}
