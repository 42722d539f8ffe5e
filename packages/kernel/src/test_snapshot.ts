/**
 * Compares a text with the file of this name in `__snapshots__` beside a test.
 *
 * `UPDATE_SNAPSHOTS=1 deno task test` writes the file instead.
 *
 * @throws {Error} if the file differs, or is missing
 */
export function assertSnapshot(
  folder: string | undefined,
  name: string,
  text: string,
): void {
  const snapshots = `${folder}/__snapshots__`;
  const path = `${snapshots}/${name}`;
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") {
    Deno.mkdirSync(snapshots, { recursive: true });
    Deno.writeTextFileSync(path, text);
    return;
  }
  const known = readIfThere(path);
  if (known === text) return;
  const advice = "run with UPDATE_SNAPSHOTS=1 if that is right";
  if (known === undefined) {
    throw new Error(`There is no snapshot ${name}: ${advice}`);
  }
  const [before, after] = [known.split("\n"), text.split("\n")];
  const line = before.findIndex((old, index) => old !== after[index]);
  const at = line < 0 ? before.length : line;
  throw new Error(
    `The text differs from snapshot ${name} in line ${at + 1}: "${
      after[at]
    }" instead of "${before[at]}", ${advice}`,
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
