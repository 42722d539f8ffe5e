import { assert, assertEquals, assertRejects } from "@std/assert";
import { mustRun } from "../command.ts";
import { readPackages, readRanges } from "../workspace.ts";
import { gitHistory } from "./history.ts";
import { type Ready, release } from "./release.ts";

/** Packages of a repository, and what each imports. */
const MEMBERS: Readonly<Record<string, string[]>> = {
  "@rockpool/core": [],
  "@rockpool/soft": ["@rockpool/core"],
  "@rockpool/cpu": ["@rockpool/core"],
};
const shortName = (name: string) => name.split("/")[1];

/** A repository of three packages, and a registry that may refuse some. */
async function openRepository() {
  const root = await Deno.makeTempDir();
  const git = (...args: string[]) => mustRun("git", args, { cwd: root });
  const write = async (file: string, text: string) => {
    const path = `${root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  const commit = async (message: string, files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) await write(file, text);
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
  };
  await git("init", "--quiet");
  await git("config", "user.name", "Somebody");
  await git("config", "user.email", "somebody@example.org");
  const files: Record<string, string> = {};
  for (const name of Object.keys(MEMBERS)) {
    const config = { name, version: "0.1.0", exports: "./mod.ts" };
    const folder = `packages/${shortName(name)}`;
    files[`${folder}/deno.json`] = JSON.stringify(config, null, 2);
    files[`${folder}/mod.ts`] = "export {};";
  }
  await commit("feat: everything", {
    ...files,
    "packages/core/src/contract.ts":
      'export const CONTRACT: string = "0.1.0";\n',
    "deno.json": JSON.stringify({
      name: "@rockpool/rockpool",
      version: "0.1.0",
      exports: "./registry.ts",
      workspace: ["./packages/*"],
      imports: Object.fromEntries(
        Object.keys(MEMBERS).map((name) => [name, `jsr:${name}@^0.1.0`]),
      ),
    }),
    "registry.ts": "export {};",
  });

  const published = new Set<string>();
  const refused = new Set<string>();
  const publisher = {
    isPublished: ({ name, version }: { name: string; version: string }) =>
      Promise.resolve(published.has(`${name}@${version}`)),
    publish({ name, version }: Ready) {
      if (refused.has(name)) return Promise.reject(new Error(`no ${name}`));
      published.add(`${name}@${version}`);
      return Promise.resolve();
    },
  };
  const packages = () => readPackages(root);
  const run = async ({ publish = true } = {}) => {
    const lines: string[] = [];
    const pack = () =>
      Promise.resolve(packages().map((it) => ({ ...it, path: "" })));
    await release({
      root,
      history: gitHistory(root),
      packages,
      dependencies: new Map(Object.entries({
        ...MEMBERS,
        "@rockpool/rockpool": Object.keys(MEMBERS),
      })),
      ranges: readRanges(root),
      date: "2030-01-01",
      print: (line) => lines.push(line),
    }, publish ? { publishers: [publisher], pack } : undefined);
    return lines;
  };
  const read = (file: string) => Deno.readTextFile(`${root}/${file}`);
  return {
    commit,
    write,
    run,
    read,
    git,
    published,
    refused,
    async tags() {
      return (await git("tag")).trim().split("\n").filter(Boolean).sort();
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("a dry run changes and publishes nothing", async () => {
  await using repository = await openRepository();
  const lines = await repository.run({ publish: false });
  assertEquals(
    lines,
    [
      "@rockpool/core 0.1.0, not released yet",
      "@rockpool/soft 0.1.0, not released yet",
      "@rockpool/cpu 0.1.0, not released yet",
      "@rockpool/rockpool 0.1.0, not released yet",
    ].sort((a, b) => lines.indexOf(a) - lines.indexOf(b)),
  );
  assertEquals(repository.published.size, 0);
  assertEquals(await repository.tags(), []);
  assertEquals(await repository.git("status", "--porcelain"), "");
});

Deno.test("a patch of one package is released alone, with a changelog", async () => {
  await using repository = await openRepository();
  await repository.run();
  repository.published.clear();
  assertEquals(await repository.run(), ["Nothing to release"]);

  await repository.commit("fix(soft): NaN", {
    "packages/soft/mod.ts": "export const a = 1;",
  });
  await repository.commit("feat(cpu): a test", {
    "packages/cpu/mod_test.ts": "",
  });
  await repository.run();
  assertEquals([...repository.published], ["@rockpool/soft@0.1.1"]);
  const changelog = await repository.read("packages/soft/CHANGELOG.md");
  assert(changelog.includes("## 0.1.1, 2030-01-01"), changelog);
  assert(changelog.includes("- NaN ("), changelog);
  assert(changelog.includes("## 0.1.0"), changelog);
  assertEquals(await repository.tags(), [
    "@rockpool/core@0.1.0",
    "@rockpool/cpu@0.1.0",
    "@rockpool/rockpool@0.1.0",
    "@rockpool/soft@0.1.0",
    "@rockpool/soft@0.1.1",
  ]);
  assertEquals(await repository.git("status", "--porcelain"), "");
  assertEquals(await repository.run(), ["Nothing to release"]);
});

Deno.test("a new contract is released with all who depend on it", async () => {
  await using repository = await openRepository();
  await repository.run();
  repository.published.clear();
  await repository.commit("feat(core)!: other names", {
    "packages/core/mod.ts": "export const a = 1;",
  });
  await repository.run();
  assertEquals([...repository.published].sort(), [
    "@rockpool/core@0.2.0",
    "@rockpool/cpu@0.2.0",
    "@rockpool/rockpool@0.2.0",
    "@rockpool/soft@0.2.0",
  ]);
  assertEquals([...repository.published][0], "@rockpool/core@0.2.0");
  const root = JSON.parse(await repository.read("deno.json"));
  assertEquals(root.version, "0.2.0");
  assertEquals(root.imports["@rockpool/core"], "jsr:@rockpool/core@^0.2.0");
  assertEquals(
    await repository.read("packages/core/src/contract.ts"),
    'export const CONTRACT: string = "0.2.0";\n',
  );
});

Deno.test("a release that failed in the middle goes on where it stopped", async () => {
  await using repository = await openRepository();
  await repository.run();
  repository.published.clear();
  await repository.commit("fix(core)!: other names", {
    "packages/core/mod.ts": "export const a = 1;",
  });
  repository.refused.add("@rockpool/cpu");
  await assertRejects(() => repository.run(), Error, "no @rockpool/cpu");
  assert(repository.published.has("@rockpool/core@0.2.0"));
  assert(!repository.published.has("@rockpool/rockpool@0.2.0"));

  repository.refused.clear();
  const first = [...repository.published];
  await repository.run();
  assertEquals([...repository.published].sort(), [
    "@rockpool/core@0.2.0",
    "@rockpool/cpu@0.2.0",
    "@rockpool/rockpool@0.2.0",
    "@rockpool/soft@0.2.0",
  ]);
  assertEquals([...repository.published].slice(0, first.length), first);
  assertEquals(await repository.run(), ["Nothing to release"]);
});

Deno.test("what is published but has no tag is not published again", async () => {
  await using repository = await openRepository();
  await repository.run();
  const tag = "@rockpool/soft@0.1.0";
  await repository.git("tag", "--delete", tag);
  repository.refused.add("@rockpool/soft");
  await repository.run();
  assert((await repository.tags()).includes(tag));
});

Deno.test("a release needs all changes to be committed", async () => {
  await using repository = await openRepository();
  await repository.write("registry.ts", "export const a = 1;");
  await assertRejects(() => repository.run(), Error, "not committed");
});
