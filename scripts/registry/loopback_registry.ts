import { mustRun } from "../command.ts";

/** A registry of npm that is this machine's alone, until it is disposed. */
export interface LoopbackRegistry extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** Arguments of `npm` that allow to publish there. */
  readonly authorisation: readonly string[];
}

/**
 * The packages of this scope are the registry's own; it passes on requests for
 * all others to the registry that npm is configured for.
 */
const SCOPE = "@rockpool/*";

/**
 * What npm installs. It is not in `deno.json`, since Deno would look for all of
 * its dependencies, too, in every run; and one of them, which audits packages,
 * wants a dist-tag that mirrors may lack.
 */
const MANIFEST = {
  private: true,
  dependencies: { verdaccio: "^6.10.4" },
  overrides: { "node-fetch": "^2.7.0" },
};

/** Runs in Node: starts verdaccio on a free port and prints the port. */
const SERVER = `
const { runServer } = require("verdaccio");
const [uplink, folder] = process.argv.slice(2);
runServer({
  storage: folder + "/storage",
  self_path: folder,
  configPath: folder + "/config.yaml",
  uplinks: { configured: { url: uplink } },
  packages: {
    "${SCOPE}": { access: "$all", publish: "$all" },
    "**": { access: "$all", proxy: "configured" },
  },
  auth: { htpasswd: { file: folder + "/htpasswd" } },
  log: { type: "stdout", format: "json", level: "fatal" },
  web: { enable: false },
}).then((app) => {
  const server = app.listen(0, "127.0.0.1", () => {
    console.log("port " + server.address().port);
  });
});
`;

/**
 * Starts verdaccio, from npm, with everything that it writes in a folder.
 *
 * @throws {Error} where it cannot be installed or does not start
 */
export async function startRegistry(folder: string): Promise<LoopbackRegistry> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify(MANIFEST),
  );
  await Deno.writeTextFile(`${folder}/server.cjs`, SERVER);
  const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
  await mustRun("npm", install, { cwd: folder });
  const uplink = await mustRun("npm", ["config", "get", "registry"], {
    cwd: folder,
  });
  const process = new Deno.Command("node", {
    args: ["server.cjs", uplink.trim(), folder],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  const host = `127.0.0.1:${await readPort(output)}`;
  return {
    url: `http://${host}/`,
    authorisation: [`--//${host}/:_authToken=anybody`],
    async [Symbol.asyncDispose]() {
      process.kill();
      await output.cancel();
      await process.status;
    },
  };
}

async function readPort(
  output: ReadableStreamDefaultReader<string>,
): Promise<string> {
  let text = "";
  for (;;) {
    const { done, value } = await output.read();
    if (done) throw new Error(`Cannot start a registry: ${text}`);
    text += value;
    const port = /^port (\d+)\n/m.exec(text)?.[1];
    if (port !== undefined) return port;
  }
}
