import type { OpcodeRow } from "@rockpool/kernel";

/** How an instruction is written in a module. */
export interface Instruction {
  /** Its opcode: a byte, or a prefix and a number. */
  readonly opcode: readonly number[];
  /** For one that addresses memory: the binary logarithm of its alignment. */
  readonly alignment?: number;
}

/** The prefixes of saturating and bulk, and of vector instructions. */
const [MISC, VECTOR] = [0xfc, 0xfd];

const TABLE: readonly OpcodeRow[] = [
  [[0x0f], "return"],
  [[0x1b], "select"],
  [[0x28], "i32.load - f32.load"],
  [[0x36], "i32.store - f32.store"],
  [[0x45], "i32. eqz eq - lt_s lt_u gt_s gt_u le_s - ge_s ge_u"],
  [
    [0x6a],
    "i32. add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u",
  ],
  [[0x92], "f32. add - mul"],
  [[0xb2], "f32.convert_i32_s"],
  // With the memories that they work on.
  [[MISC, 0x0a, 0, 0], "memory.copy"],
  [[MISC, 0x0b, 0], "memory.fill"],
  [
    [VECTOR, 0x00],
    "v128. load - - - - - - - - load32_splat - store",
  ],
  [[VECTOR, 0x0d], "i8x16.shuffle"],
  [[VECTOR, 0x11], "i32x4.splat - f32x4.splat"],
  [
    [VECTOR, 0x1b],
    "i32x4.extract_lane - - - f32x4.extract_lane",
  ],
  [[VECTOR, 0x37], "i32x4. eq - lt_s lt_u gt_s gt_u - - ge_s"],
  [[VECTOR, 0x41], "f32x4. eq ne lt gt le"],
  [[VECTOR, 0x4d], "v128. not and - or xor bitselect any_true"],
  [
    [VECTOR, 0x56],
    "v128. load32_lane - - - store32_lane store64_lane load32_zero",
  ],
  [[VECTOR, 0x68], "f32x4.floor"],
  [
    [VECTOR, 0xa1],
    "i32x4. neg - all_true bitmask - - - - - - shl shr_s shr_u add - - sub - - - mul min_s min_u max_s",
  ],
  [[VECTOR, 0xde], "i64x2. extmul_low_i32x4_u extmul_high_i32x4_u"],
  [[VECTOR, 0xe0], "f32x4. abs neg - sqrt add sub mul div min max pmin pmax"],
  [
    [VECTOR, 0xf8],
    "i32x4.trunc_sat_f32x4_s - f32x4.convert_i32x4_s f32x4.convert_i32x4_u",
  ],
  [[VECTOR, 0x105], "f32x4.relaxed_madd"],
];

/** Instructions without structure and without constants, by their names. */
export function instructionsOf(
  rows: readonly OpcodeRow[],
): Map<string, Instruction> {
  return new Map(rows.flatMap(([first, words]) => {
    const names = words.split(" ");
    const type = names[0].endsWith(".") ? names.shift()! : "";
    return names.map((name, index) => {
      const opcode = [...first.slice(0, -1), first.at(-1)! + index];
      return [type + name, { opcode, ...alignmentOf(type + name) }] as const;
    }).filter(([name]) => !name.endsWith("-"));
  }));
}

/** Those that all assembled kernels know. */
export const INSTRUCTIONS: ReadonlyMap<string, Instruction> = instructionsOf(
  TABLE,
);

function alignmentOf(name: string): { alignment?: number } {
  const access = /^([a-z])(\d+)\..*(?:load|store)(\d*)/.exec(name);
  if (!access) return {};
  const [, , type, bits] = access;
  return { alignment: Math.log2(Number(bits || type) / 8) };
}
