import { assert, assertEquals } from "@std/assert";
import { emitWatEigen } from "@rockpool/kernel";
import { INSTRUCTIONS, instructionsOf } from "./instructions.ts";

/** The folder of those who write kernels. */
const EMITTERS = new URL("../../kernel/src/", import.meta.url);

const INSTRUCTION =
  /\b(?:i32|i64|f32|f64|v128|i8x16|i16x8|i32x4|i64x2|f32x4|f64x2|memory)\.[a-z]\w*/g;

/** What is no instruction of the table: constants, and parts of names. */
const OTHERS = /\.const$|_at$/;

Deno.test("INSTRUCTIONS has every instruction that emitters name", async () => {
  const named = new Set<string>();
  for await (const { name } of Deno.readDir(EMITTERS)) {
    if (!/^(wat|emit_wat)\w*\.ts$/.test(name) || name.includes("_test")) {
      continue;
    }
    const text = await Deno.readTextFile(new URL(name, EMITTERS));
    for (const [instruction] of text.matchAll(INSTRUCTION)) {
      if (!OTHERS.test(instruction)) named.add(instruction);
    }
  }
  assert(named.has("f32x4.add"));
  const brought = instructionsOf(emitWatEigen().instructions);
  const missing = [...named].filter((it) =>
    !INSTRUCTIONS.has(it) && !brought.has(it)
  );
  assertEquals(missing, []);
});
