import { ROOT } from "../workspace.ts";

/** The version of a package from npm that `deno.json` states. */
export async function npmVersion(name: string): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}deno.json`);
  const { imports } = JSON.parse(text) as { imports: Record<string, string> };
  return imports[name].slice(`npm:${name}@`.length);
}
