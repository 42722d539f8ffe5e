import { parseTar } from "nanotar";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";

/** Where the archives of the browser lie. */
const ARCHIVES = new URL(
  "../bin/",
  import.meta.resolve("@sparticuz/chromium"),
);

/** Milliseconds after which a page that says nothing has failed. */
const PATIENCE = 60_000;

/** What a page may share memory with: nobody but itself. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * Runs a module in a headless Chromium, in a page that may share memory with
 * its workers, and gives the text that the module passes to `report`, or the
 * error that it throws.
 *
 * The browser comes from npm's `@sparticuz/chromium`, with what libraries a
 * small system lacks; it is unpacked into a folder.
 *
 * @throws {Error} where the page says nothing
 */
export async function runInChromium(
  files: Readonly<Record<string, string>>,
  { entry, folder }: { readonly entry: string; readonly folder: string },
): Promise<string> {
  const report = Promise.withResolvers<string>();
  const page = `<!doctype html><script type="module">
    const send = (body) => fetch("/report", { method: "POST", body });
    try { await (await import("/${entry}")).default(send); }
    catch (error) { await send(String(error.stack)); }
  </script>`;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      if (path === "report") report.resolve(await request.text());
      const [type, body] = Object.hasOwn(files, path)
        ? ["text/javascript", files[path]]
        : ["text/html", page];
      return new Response(body, {
        headers: { ...ISOLATED, "content-type": type },
      });
    },
  );
  await unpack(folder);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const browser = new Deno.Command(`${folder}/chromium`, {
    args: [
      "--headless",
      "--no-sandbox",
      "--no-zygote",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--user-data-dir=${folder}/profile`,
      url,
    ],
    env: { LD_LIBRARY_PATH: `${folder}/lib` },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(
    () => report.reject(new Error(`Cannot run ${entry}: the page is silent`)),
    PATIENCE,
  );
  try {
    return await report.promise;
  } finally {
    clearTimeout(timer);
    browser.kill("SIGKILL");
    await browser.status;
  }
}

async function unpack(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/lib`, { recursive: true });
  const archive = (name: string) => fileURLToPath(new URL(name, ARCHIVES));
  await pipeline(
    createReadStream(archive("chromium.br")),
    createBrotliDecompress(),
    createWriteStream(`${folder}/chromium`, { mode: 0o755 }),
  );
  const libraries = parseTar(
    brotliDecompressSync(await Deno.readFile(archive("al2023.tar.br"))),
  );
  for (const { name, data } of libraries) {
    if (data) await Deno.writeFile(join(folder, name), data);
  }
}
