/** A commit as history tells it. */
export interface Commit {
  /** Its abbreviated hash. */
  readonly hash: string;
  /** Its whole message. */
  readonly message: string;
  /** The files that it touches, below the root. */
  readonly files: readonly string[];
}

/** How much a change means to those who depend on it. */
export type Level = "breaking" | "feature" | "fix";

/** A change that is worth a release. */
export interface Change {
  readonly level: Level;
  /** What it is, for a changelog. */
  readonly summary: string;
  /** The hash of its commit. */
  readonly hash: string;
}

/** The types of conventional commits that are worth a release. */
const LEVELS: Readonly<Record<string, Level>> = {
  feat: "feature",
  fix: "fix",
  perf: "fix",
};

/** The change of a commit; undefined where it is not worth a release. */
export function changeOf({ hash, message }: Commit): Change | undefined {
  const [subject] = message.split("\n", 1);
  const parts = /^([a-z]+)(?:\(([^)]*)\))?(!?): (.+)$/.exec(subject);
  if (!parts) return undefined;
  const [, type, , mark, summary] = parts;
  const note = /^BREAKING[ -]CHANGE: (.+(?:\n.+)*)/m.exec(message)?.[1];
  if (mark || note !== undefined) {
    const why = note === undefined ? "" : `: ${note.replace(/\s+/g, " ")}`;
    return { level: "breaking", summary: summary + why, hash };
  }
  const level = Object.hasOwn(LEVELS, type) ? LEVELS[type] : undefined;
  return level && { level, summary, hash };
}

/** The level that means most; undefined where there is no change. */
export function greatestLevel(changes: readonly Change[]): Level | undefined {
  return (["breaking", "feature", "fix"] as const).find((level) =>
    changes.some((change) => change.level === level)
  );
}
