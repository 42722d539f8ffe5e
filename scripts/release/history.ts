import { mustRun } from "../command.ts";
import type { Commit } from "./commit.ts";

/** The history of a repository. */
export interface History {
  /** The names of all tags. */
  tags(): Promise<readonly string[]>;
  /** Commits after a tag that touch some paths, the oldest first. */
  commitsSince(tag: string, paths: readonly string[]): Promise<Commit[]>;
  /** Whether all that is tracked is committed. */
  isClean(): Promise<boolean>;
  /** Commits all changes of files, and these new ones. */
  commit(message: string, files: readonly string[]): Promise<void>;
  /** Names the last commit. */
  tag(name: string): Promise<void>;
}

/** The history that git keeps of a folder. */
export function gitHistory(root: string): History {
  const git = (...args: string[]) => mustRun("git", args, { cwd: root });
  return {
    async tags() {
      return (await git("tag", "--list")).split("\n").filter(Boolean);
    },
    async commitsSince(tag, paths) {
      const log = await git(
        "log",
        "--reverse",
        "--name-only",
        "--format=%x01%h%x02%B%x02",
        `${tag}..HEAD`,
        "--",
        ...paths,
      );
      return log.split("\x01").slice(1).map((text) => {
        const [hash, message, files] = text.split("\x02");
        const names = files.split("\n").filter(Boolean);
        return { hash, message: message.trim(), files: names };
      });
    },
    async isClean() {
      const options = ["--porcelain", "--untracked-files=no"];
      return await git("status", ...options) === "";
    },
    async commit(message, files) {
      await git("add", "--", ...files);
      await git("commit", "--quiet", "--message", message);
    },
    async tag(name) {
      await git("tag", "--annotate", "--message", name, name);
    },
  };
}
