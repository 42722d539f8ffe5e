import { ROOT } from "../workspace.ts";

/** The version of a package from npm that is installed: what the lock states. */
export async function npmVersion(name: string): Promise<string> {
  const read = async (file: string) =>
    JSON.parse(await Deno.readTextFile(`${ROOT}${file}`));
  const { imports }: { imports: Record<string, string> } = await read(
    "deno.json",
  );
  const { specifiers }: { specifiers: Record<string, string> } = await read(
    "deno.lock",
  );
  // Behind an underscore stand the peers that it is installed with.
  return specifiers[imports[name]].split("_")[0];
}
