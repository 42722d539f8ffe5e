import { assertEquals } from "@std/assert";
import { mustRun, runCommand } from "../command.ts";
import { gitHistory } from "./history.ts";

const hasGit = await runCommand("git", ["--version"])
  .then(({ ok }) => ok, () => false);

Deno.test({
  name: `gitHistory() reads and writes commits and tags${
    hasGit ? "" : " [skipped: there is no git]"
  }`,
  ignore: !hasGit,
  async fn() {
    const root = await Deno.makeTempDir();
    const git = (...args: string[]) => mustRun("git", args, { cwd: root });
    const history = gitHistory(root);
    const commit = async (message: string, ...files: string[]) => {
      for (const file of files) await append(`${root}/${file}`);
      await history.commit(message, files);
    };
    try {
      await git("init", "--quiet");
      await git("config", "user.name", "Somebody");
      await git("config", "user.email", "somebody@example.org");
      await commit("feat: first", "a/x.ts", "b/x.ts");
      assertEquals(await history.tags(), []);
      await history.tag("@x/a@0.1.0");
      assertEquals(await history.tags(), ["@x/a@0.1.0"]);
      await commit("fix: one\n\nWhy.", "a/y.ts", "b/x.ts");
      await commit("docs: two", "b/x.ts");
      await commit("feat: three", "a/x.ts", "a/z.ts");

      const commits = await history.commitsSince("@x/a@0.1.0", ["a"]);
      assertEquals(
        commits.map(({ message, files }) => ({ message, files })),
        [
          { message: "fix: one\n\nWhy.", files: ["a/y.ts"] },
          { message: "feat: three", files: ["a/x.ts", "a/z.ts"] },
        ],
      );
      assertEquals(await history.isClean(), true);
      await append(`${root}/a/x.ts`);
      assertEquals(await history.isClean(), false);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

async function append(path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, "export {};\n", { append: true });
}
