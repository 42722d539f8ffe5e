import { assert, assertEquals, assertRejects } from "@std/assert";
import { readPackages, readRanges } from "../workspace.ts";
import type { Commit } from "./commit.ts";
import type { History } from "./history.ts";
import { type Ready, release } from "./release.ts";

/** Packages of a repository, and what each imports. */
const MEMBERS: Readonly<Record<string, string[]>> = {
  "@rockpool/core": [],
  "@rockpool/soft": ["@rockpool/core"],
  "@rockpool/cpu": ["@rockpool/core"],
};
const shortName = (name: string) => name.split("/")[1];

/** A history without git. */
class MemoryHistory implements History {
  readonly commits: Commit[] = [];
  readonly #tags = new Map<string, number>();
  clean = true;

  tags(): Promise<readonly string[]> {
    return Promise.resolve([...this.#tags.keys()]);
  }

  commitsSince(tag: string, paths: readonly string[]): Promise<Commit[]> {
    const since = this.commits.slice(this.#tags.get(tag)).map((commit) => ({
      ...commit,
      files: commit.files.filter((file) =>
        paths.some((path) => file === path || file.startsWith(`${path}/`))
      ),
    }));
    return Promise.resolve(since.filter(({ files }) => files.length > 0));
  }

  isClean(): Promise<boolean> {
    return Promise.resolve(this.clean);
  }

  commit(message: string, files: readonly string[]): Promise<void> {
    const hash = String(this.commits.length);
    this.commits.push({ hash, message, files });
    return Promise.resolve();
  }

  tag(name: string): Promise<void> {
    this.#tags.set(name, this.commits.length);
    return Promise.resolve();
  }

  forget(name: string): void {
    this.#tags.delete(name);
  }
}

/** A repository of three packages, and a registry that may refuse some. */
async function openRepository() {
  const root = await Deno.makeTempDir();
  const memory = new MemoryHistory();
  const write = async (file: string, text: string) => {
    const path = `${root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  const commit = async (message: string, files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) await write(file, text);
    await memory.commit(message, Object.keys(files));
  };
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
      history: memory,
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
    run,
    read,
    memory,
    published,
    refused,
    tags: async () => (await memory.tags()).toSorted(),
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
  assertEquals(repository.memory.commits.length, 1);
  const config = JSON.parse(await repository.read("packages/soft/deno.json"));
  assertEquals(config.version, "0.1.0");
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
  assertEquals(repository.memory.commits.at(-1)?.files, [
    "packages/soft/deno.json",
    "packages/soft/CHANGELOG.md",
  ]);
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
  repository.memory.forget(tag);
  repository.refused.add("@rockpool/soft");
  await repository.run();
  assert((await repository.tags()).includes(tag));
});

Deno.test("a release needs all changes to be committed", async () => {
  await using repository = await openRepository();
  repository.memory.clean = false;
  await assertRejects(() => repository.run(), Error, "not committed");
});
