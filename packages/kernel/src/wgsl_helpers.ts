import { PARITY, ROTATIONS, ROUNDS } from "./threefry.ts";
import { COMPONENTS } from "./wgsl_vector.ts";

/**
 * Functions that kernels call, each after those that it calls itself.
 *
 * WGSL lets an implementation assume that there is no NaN and no infinity, so
 * both are told by their bits, and values that may be either come from the
 * arguments of the call rather than from constants. Conditions are joined
 * without short circuits, which would be branches.
 */
const helpers: Readonly<Record<string, string>> = {
  is_nan: `
fn is_nan(a: f32) -> bool {
  return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u;
}`,
  is_greater: `
// Whether a takes the place of b in a maximum: NaN does, and nothing else of NaN.
fn is_greater(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a > b) & !is_nan(b));
}`,
  is_smaller: `
// Whether a takes the place of b in a minimum.
fn is_smaller(a: f32, b: f32) -> bool {
  return is_nan(a) | ((a < b) & !is_nan(b));
}`,
  wins_maximum: `
// Whether a, at i, takes the place of b, at j, in a maximum of elements in any
// order: of equal ones the first wins, of NaN the last, and −1 is no element.
fn wins_maximum(a: f32, i: i32, b: f32, j: i32) -> bool {
  let is_number = !(is_nan(a) | is_nan(b));
  let is_first = (a > b) | ((a == b) & (i < j));
  let is_last = is_nan(a) & ((i > j) | !is_nan(b));
  return select(select(is_last, is_first, is_number), j < i, (i < 0) | (j < 0));
}`,
  wins_minimum: `
// Whether a, at i, takes the place of b, at j, in a minimum.
fn wins_minimum(a: f32, i: i32, b: f32, j: i32) -> bool {
  return wins_maximum(-a, i, -b, j);
}`,
  greater_of: `
fn greater_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a >= b) & !is_nan(b)));
}`,
  smaller_of: `
fn smaller_of(a: f32, b: f32) -> f32 {
  return select(b, a, is_nan(a) | ((a <= b) & !is_nan(b)));
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
  let number = select(log(a), call.nan, a < 0.0);
  let above = select(number, -call.infinity, a == 0.0);
  return select(above, a, is_nan(a) | (a == call.infinity));
}`,
  power_of: `
fn power_of(a: f32, b: f32) -> f32 {
  let is_none = is_nan(a) | is_nan(b) | (a < 0.0) | ((a == 1.0) & (abs(b) == call.infinity));
  let end = select(call.infinity, 0.0, (a == 0.0) == (b > 0.0));
  let known = select(end, call.nan, is_none);
  let is_known = is_none | (a == 0.0) | (a == call.infinity);
  return select(select(pow(a, b), known, is_known), 1.0, b == 0.0);
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
  rank_of: `
// An integer that is greater for greater numbers, and greatest for NaN.
fn rank_of(a: f32) -> i32 {
  let bits = bitcast<i32>(a);
  return select(bits ^ ((bits >> 31u) & 0x7fffffff), 0x7fffffff, is_nan(a));
}`,
  rank_below: `
// The same, but smallest for NaN.
fn rank_below(a: f32) -> i32 {
  let bits = bitcast<i32>(a);
  return select(bits ^ ((bits >> 31u) & 0x7fffffff), i32(0x80000000u), is_nan(a));
}`,
  of_rank: `
// The number that has a rank.
fn of_rank(rank: i32) -> f32 {
  return bitcast<f32>(rank ^ ((rank >> 31u) & 0x7fffffff));
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

/** What a helper's name ends in that takes and gives vectors. */
export const OF_VECTORS = "_4";

/** The same function of four values each, as a vector. */
function ofVectors(helper: string): string {
  const [, name, list, result] = /fn (\w+)\((.*)\) -> (\w+)/.exec(helper)!;
  const parameters = list.split(", ").map((one) => one.split(": "));
  const head = parameters.map(([name, type]) => `${name}: vec4<${type}>`);
  const lanes = [...COMPONENTS].map((lane) =>
    `    ${name}(${parameters.map(([name]) => `${name}.${lane}`).join(", ")}),`
  );
  return `
fn ${name}${OF_VECTORS}(${head.join(", ")}) -> vec4<${result}> {
  return vec4<${result}>(
${lanes.join("\n")}
  );
}`;
}

/** The helpers that a text calls, and those that they call. */
export function helpersOf(text: string): string {
  let all = text;
  const vectors = Object.entries(helpers).map(([name, helper]) =>
    [name + OF_VECTORS, ofVectors(helper)] as const
  );
  const known = [...Object.entries(helpers), ...vectors];
  for (const [name, helper] of known.toReversed()) {
    if (new RegExp(`\\b${name}\\(`).test(all)) all = `${helper}\n${all}`;
  }
  return all.slice(0, all.length - text.length);
}
