import { assertEquals, assertThrows } from "@std/assert";
import { readGuide } from "./guide.ts";

Deno.test("readGuide() reads files, commands and what they print", () => {
  const page = [
    "Write `a/mod.ts`:",
    "",
    "```ts ignore",
    "export {};",
    "```",
    "",
    "Then:",
    "",
    "```sh",
    "cd a",
    "deno check",
    "```",
    "",
    "which prints",
    "",
    "```text",
    "Check mod.ts",
    "```",
    "",
    "```ts",
    "// an example",
    "```",
  ];
  assertEquals(readGuide(page.join("\n")), [
    { kind: "file", path: "a/mod.ts", text: "export {};\n", line: 3 },
    { kind: "commands", lines: ["cd a", "deno check"], line: 9 },
    { kind: "output", lines: ["Check mod.ts"], line: 16 },
  ]);
});

Deno.test("readGuide() refuses a block that nobody runs", () => {
  for (const info of ["", "json", "ts ignore"]) {
    assertThrows(
      () => readGuide(`Say:\n\n\`\`\`${info}\n1\n\`\`\``),
      Error,
      `Line 3: nobody runs this block of "${info}"`,
    );
  }
});
