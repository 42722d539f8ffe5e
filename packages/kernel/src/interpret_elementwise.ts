import type { Operation } from "./operation.ts";
import { integerBelow } from "./threefry.ts";

const bit = (condition: boolean) => condition ? 1 : 0;

/** A number as float32, and its bits. */
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** What each elementwise operation computes; conditions are 1 and 0. */
export const elementwise: Readonly<
  Partial<Record<Operation, (...x: number[]) => number>>
> = {
  neg: (a) => -a,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => a < 0 ? NaN : Math.pow(a, b),
  asNumber: (a) => a,
  exponent: (a) => {
    single[0] = a;
    return ((singleBits[0] >>> 23) & 0xff) - 127;
  },
  ldexp: (a, power) => Math.fround(a) * 2 ** power,
  asIndex: (a) => Math.trunc(a) | 0,
  mulHigh: (a, b) => integerBelow(a >>> 0, b >>> 0),
  max: (a, b) => Math.max(a, b),
  min: (a, b) => Math.min(a, b),
  isNaN: (a) => bit(Number.isNaN(a)),
  lt: (a, b) => bit(a < b),
  le: (a, b) => bit(a <= b),
  eq: (a, b) => bit(a === b),
  sameIndex: (a, b) => bit(a === b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  not: (a) => 1 - a,
  likely: (a) => a,
  select: (condition, a, b) => condition === 1 ? a : b,
  selectIndex: (condition, a, b) => condition === 1 ? a : b,
};
