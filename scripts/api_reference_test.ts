import { assert, assertEquals } from "@std/assert";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { writeReference } from "./api_reference.ts";
import { readPackages } from "./workspace.ts";

Deno.test("writeReference() makes pages of all modules, found from the first one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "stale.html"), "");
    await writeReference(folder);
    const read = (page: string) => Deno.readTextFileSync(join(folder, page));

    const front = read("index.html");
    for (const { specifiers } of readPackages()) {
      for (const specifier of specifiers) {
        const page = `${specifier.slice(1)}/index.html`;
        assert(existsSync(join(folder, page)), `There is no ${page}`);
        assert(front.includes(`href="${page}"`), `Nothing leads to ${page}`);
      }
    }

    const soft = read("rockpool/soft/~/soft.html");
    assert(soft.includes("from &quot;@rockpool/soft&quot;;"));
    assert(soft.includes("rockpool/core/~/PoolingOp.html"));
    assertEquals(globSync("stale.html", { cwd: folder }), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
