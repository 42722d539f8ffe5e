import type { Level } from "./commit.ts";
import type { Release } from "./plan.ts";

const HEADINGS: Readonly<Record<Level, string>> = {
  breaking: "Breaking",
  feature: "New",
  fix: "Fixed and faster",
};

/** A changelog with a release above the earlier ones. */
export function addToChangelog(
  changelog: string | undefined,
  release: Release,
  { date }: { readonly date: string },
): string {
  const title = `# Changes of ${release.name}\n`;
  const earlier = changelog?.slice(changelog.indexOf("\n") + 1) ?? "";
  return `${title}\n${entry(release, date)}${earlier}`;
}

/** What a changelog says of a release. */
export function entry(
  { to, changes, ranges }: Release,
  date: string,
): string {
  const lines = [`## ${to}, ${date}`, ""];
  const dependencies = Object.entries(ranges).map(([name, range]) =>
    `- needs ${name} ${range}`
  );
  for (const [level, heading] of Object.entries(HEADINGS)) {
    const items = changes.filter((it) => it.level === level)
      .map(({ summary, hash }) => `- ${summary} (${hash})`);
    if (level === "breaking") items.push(...dependencies);
    if (items.length > 0) lines.push(`### ${heading}`, "", ...items, "");
  }
  if (lines.length === 2) lines.push("The first release.", "");
  return lines.join("\n");
}
