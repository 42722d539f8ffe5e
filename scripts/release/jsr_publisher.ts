import { deno } from "../deno.ts";
import type { Publication, Publisher } from "./publisher.ts";

/** JSR, by `deno publish` in the folder of each package. */
export function jsrPublisher(): Publisher<
  Publication & { readonly folder: string }
> {
  return {
    // `deno publish` itself passes over a version that is there.
    isPublished: () => Promise.resolve(false),
    async publish({ name, folder }) {
      const { ok, stdout, stderr } = await deno(["publish"], folder);
      if (!ok) throw new Error(`Cannot publish ${name}: ${stdout}${stderr}`);
    },
  };
}
