import { globSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readerFolder } from "./reader_folder.ts";
import { ROOT } from "./workspace.ts";

/** What a copy of the repository can do without. */
const LEFT_OUT = /(^|\/)(\.git|node_modules|dist|cases|images)$|\.(png|tgz)$/;

Deno.test("deno task new-plugin makes a plugin that passes everything at once", async (test) => {
  await using reader = await readerFolder();
  const copy = join(reader.path, "rockpool");
  await cp(ROOT, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(path.slice(ROOT.length)),
  });
  // The copy is the workspace here.
  await Deno.remove(`${reader.path}/deno.json`);
  const run = (line: string, folder = ".") =>
    reader.run(line, `rockpool/${folder}`);
  const passes = (line: string, folder?: string) =>
    test.step(line, async () => {
      const { code, output } = await run(line, folder);
      assertEquals(code, 0, output);
    });

  await test.step("what it refuses leaves everything as it is", async () => {
    const before = snapshot(copy);
    const refused = [
      ["My_pool", 'Cannot name a plugin "My_pool"'],
      ["soft", "Cannot make soft: plugins/generic/soft is there already"],
      ["core", "Cannot make core: packages/core is there already"],
      ["roi-align", "Cannot register roi-align: there is one already"],
      ["my-pool --category best", 'There is no category "best": generic, '],
      ["", "One name is needed"],
      ["my pool", "One name is needed"],
    ];
    for (const [args, message] of refused) {
      const { code, output } = await run(`deno task new-plugin ${args}`);
      assertEquals(code, 1, output);
      assertStringIncludes(output, message);
      assertEquals(snapshot(copy), before);
    }
  });

  const folder = "plugins/learnable/my-pool";
  await passes("deno task new-plugin my-pool --category learnable");
  await passes(
    `deno fmt --check ${folder} registry.ts README.md docs/choosing-a-pooling.md deno.json`,
  );
  await passes(`deno lint ${folder} registry.ts`);
  // The tests check the types of all but these.
  await passes(`deno check registry.ts ${folder}/mod_bench.ts`);
  await passes(`deno test -A ${folder}`);
  await passes(`deno test -A --doc ${folder}/README.md ${folder}/mod.ts`);
  await passes("deno test -A scripts/option_table_test.ts --filter my-pool");
  await passes("deno test -A scripts/choosing_test.ts --filter operator");
  await passes("deno task ok imports");
  await passes("deno publish --dry-run --allow-dirty --no-check", folder);
  await passes("deno task rockpool info my-pool");
  await test.step("it stands in the table of operators", () => {
    const readme = Deno.readTextFileSync(`${copy}/README.md`);
    assert(/^\| \[`my-pool`\]\(plugins\/learnable\/my-pool\//m.test(readme));
  });
});

// docs/write-a-plugin.md begins with one of the category generic.
Deno.test("rockpool new makes a package that passes everything at once", async (test) => {
  const name = "pool-of-a-rather-long-name";
  await using reader = await readerFolder();
  for (
    const [line, folder] of [
      [
        `deno run -A jsr:@rockpool/cli new ${name} --category learnable --scope somebody`,
      ],
      ["deno task ok", name],
      ["deno task test", name],
    ]
  ) {
    await test.step(line, async () => {
      const { code, output } = await reader.run(line, folder);
      assertEquals(code, 0, output);
    });
  }
});

/** All files below a folder and what is in those that register operators. */
function snapshot(folder: string): string[] {
  return [
    ...globSync("**/*", { cwd: folder }).sort(),
    ...["deno.json", "registry.ts", "README.md", "docs/choosing-a-pooling.md"]
      .map((path) => Deno.readTextFileSync(`${folder}/${path}`)),
  ];
}
