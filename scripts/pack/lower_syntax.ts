import { transform } from "esbuild";

/**
 * JavaScript as the oldest Node that packages run on takes it: without `using`.
 * All else is left as it is, comments included.
 */
export async function lowerSyntax(javascript: string): Promise<string> {
  if (!/^\s*(await )?using /m.test(javascript)) return javascript;
  const { code } = await transform(javascript, {
    target: "node20",
    supported: { "import-attributes": true },
  });
  return code;
}
