/** The number of single-character edits between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The known names that a misspelt one may have meant, nearest first. */
export function suggest(given: string, known: Iterable<string>): string[] {
  const word = given.toLowerCase();
  return [...known]
    .map((name) => ({ name, distance: editDistance(word, name.toLowerCase()) }))
    .filter(({ name, distance }) =>
      distance <= Math.max(2, Math.floor(word.length / 3)) ||
      (word.length > 2 && name.toLowerCase().includes(word))
    )
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .map(({ name }) => name);
}

/** `: did you mean "soft"`, or the list of what there is, to end a message. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const all = [...known];
  const near = suggest(given, all).slice(0, 3).map((name) => `"${name}"`);
  return near.length > 0
    ? `: did you mean ${near.join(" or ")}`
    : `: there is ${all.join(", ") || "none"}`;
}
