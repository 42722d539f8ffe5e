import { pathToFileURL } from "node:url";
import { deno } from "../deno.ts";

const MODULE = "@tensorflow/tfjs-core/dist/register_all_gradients.js";

/**
 * Tells TensorFlow.js the gradients of its operators.
 *
 * They are in modules that only bundlers find, and the file that it gives to
 * others than bundlers leaves them out. Both share what they register.
 */
export async function registerGradients(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rockpool-tfjs-" });
  try {
    const [entry, bundle] = [`${folder}/entry.js`, `${folder}/gradients.js`];
    await Deno.writeTextFile(entry, `import "${MODULE}";`);
    const flags = ["--quiet", "--platform=browser", "--config", "deno.json"];
    const bundled = await deno(["bundle", ...flags, "-o", bundle, entry]);
    if (!bundled.ok) {
      throw new Error(`Cannot bundle ${MODULE}: ${bundled.stderr}`);
    }
    await import(pathToFileURL(bundle).href);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
