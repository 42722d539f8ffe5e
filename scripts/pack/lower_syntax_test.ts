import { assert, assertEquals } from "@std/assert";
import { stop } from "esbuild";
import { lowerSyntax } from "./lower_syntax.ts";

Deno.test("lowerSyntax() writes using as what Node 20 has", async () => {
  const text =
    "#!/usr/bin/env node\nexport function f(a) {\n  using b = a();\n}\n";
  const code = await lowerSyntax(text);
  await stop();
  assert(code.startsWith("#!/usr/bin/env node\n"), code);
  assert(!/^\s*using /m.test(code), code);
  assert(code.includes("export"), code);
});

Deno.test("lowerSyntax() leaves all else as it is", async () => {
  const text = "/** It is using b. */\nexport const a = 1;\n";
  assertEquals(await lowerSyntax(text), text);
});
