import { globSync } from "node:fs";
import { cp } from "node:fs/promises";
import { assertEquals } from "@std/assert";
import { readerFolder } from "./reader_folder.ts";
import { ROOT } from "./workspace.ts";

// Their own tests run with all others; here they stand outside the workspace.
for (const folder of globSync("docs/examples/*/", { cwd: ROOT }).sort()) {
  const name = folder.replace(/\/$/, "").split("/").at(-1)!;
  Deno.test(`the example ${name} is a package of its own`, async (test) => {
    await using reader = await readerFolder();
    await cp(`${ROOT}${folder}`, `${reader.path}/${name}`, { recursive: true });
    for (
      const line of [
        "deno check",
        "deno test -A --doc --ignore=mod_test.ts",
        "deno publish --dry-run --allow-dirty",
        `deno run -A jsr:@rockpool/cli info ${name} --plugin @examples/${name}`,
      ]
    ) {
      await test.step(line, async () => {
        const { code, output } = await reader.run(line, name);
        assertEquals(code, 0, output);
      });
    }
  });
}
