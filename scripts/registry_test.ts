import { assert, assertEquals } from "@std/assert";
import { CONTRACT, operatorNames } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { builtins } from "@rockpool/rockpool";
import { soft } from "@rockpool/soft";
import { stop } from "esbuild";
import { inc } from "semver";
import { mustRun, runCommand } from "./command.ts";
import { packAll } from "./pack.ts";
import { ASSERT, readExample, toBrowser, toNode } from "./registry/example.ts";
import { runInChromium } from "./registry/chromium.ts";
import { startRegistry } from "./registry/loopback_registry.ts";
import { makeVariant, type Variant } from "./registry/variants.ts";
import { npmPublisher, type Tarball } from "./release/npm_publisher.ts";
import { publishAll } from "./release/publisher.ts";
import { readPackages, ROOT } from "./workspace.ts";

const CORE = "@rockpool/core";
const KERNEL = "@rockpool/kernel";
const SOFT = "@rockpool/soft";

/** Pools on two threads and tells the backend and a few numbers. */
const POOLING = `
import { cpu } from "@rockpool/cpu";
import { soft } from "@rockpool/soft";

export default async function pool(report: (text: string) => unknown) {
  const backend = await cpu({ threads: 2, fusedMultiplyAdd: false });
  const session = backend.session();
  const data = Float32Array.from({ length: 8 * 16 * 56 * 56 }, (_, i) => i % 7);
  const x = session.upload({ shape: [8, 16, 56, 56], data });
  const { y } = session.run(soft, { x }, { options: { kernelSize: 2 } });
  const numbers = [...y.data.slice(-3)].map((it) => it.toFixed(3));
  await report(backend.info + ": " + numbers.join(" "));
  backend[Symbol.dispose]();
}
`;

/** What it tells, if the interpreter is right. */
function pooled(): string {
  using session = interpreter().session();
  const data = Float32Array.from({ length: 8 * 16 * 56 * 56 }, (_, i) => i % 7);
  const last = session.upload({
    shape: [1, 1, 2, 56],
    data: data.slice(-2 * 56),
  });
  const { y } = session.run(soft, { x: last }, { options: { kernelSize: 2 } });
  const numbers = [...y.data.slice(-3)].map((it) => it.toFixed(3));
  return `WebAssembly SIMD, 2 threads: ${numbers.join(" ")}`;
}

Deno.test("packages that are published can be added one at a time", async (t) => {
  await using folders = temporaryFolders();
  await using registry = await startRegistry(folders.of("registry"));
  const publisher = npmPublisher(registry.url, registry.authorisation);
  const packages = readPackages();
  const versionOf = (name: string) =>
    packages.find((it) => it.name === name)!.version;
  const patched = (name: string) => inc(versionOf(name), "patch")!;
  const tarballs = await packAll(folders.of("packed"));
  const npm = (folder: string, ...args: string[]) =>
    mustRun("npm", [...args, "--registry", registry.url, "--no-audit"], {
      cwd: folder,
    });
  const install = async (folder: string, ...names: string[]) => {
    const manifest = JSON.stringify({ private: true, type: "module" });
    await Deno.writeTextFile(`${folder}/package.json`, manifest);
    await npm(folder, "install", ...names);
  };
  const publishVariant = async (
    name: string,
    variant: Omit<Variant, "folder">,
  ) => {
    const { path } = tarballs.find((it) => it.name === name)!;
    const folder = folders.of("variants");
    await publisher.publish(await makeVariant(path, { folder, ...variant }));
  };
  const poolInNode = async (folder: string) => {
    const program = `${POOLING}\nawait pool(console.log);`;
    await Deno.writeTextFile(`${folder}/pool.js`, await toNode(program));
    return runCommand("node", ["pool.js"], { cwd: folder });
  };

  await t.step("all are published, and nothing a second time", async () => {
    const told: string[] = [];
    const tell = ({ name }: Tarball) => void told.push(name);
    await publishAll(tarballs, [publisher], tell);
    assertEquals(
      told.toSorted(),
      packages.map(({ name }) => name).toSorted(),
    );
    const refusing = {
      ...publisher,
      publish: ({ name }: Tarball) => Promise.reject(new Error(name)),
    };
    await publishAll(tarballs.slice(0, 2), [refusing], tell);
  });

  await t.step(
    "deno add, and the README's example",
    async () => {
      const folder = folders.of("deno");
      const deno = (...args: string[]) =>
        mustRun(Deno.execPath(), args, {
          cwd: folder,
          env: { DENO_DIR: folders.of("deno-cache") },
        });
      await Deno.writeTextFile(
        `${folder}/.npmrc`,
        `registry=${registry.url}\n`,
      );
      const fresh = ["--minimum-dependency-age", "0"];
      const names = ["npm:@rockpool/soft", "npm:@rockpool/cpu"];
      await deno("add", ...fresh, ...names);
      const config = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
      assertEquals(Object.keys(config.imports).sort(), [
        "@rockpool/cpu",
        "@rockpool/soft",
      ]);
      config.imports["@std/assert"] = new URL(`file://${ASSERT}`).href;
      await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
      await Deno.writeTextFile(`${folder}/example.ts`, await exampleOfSoft());
      await deno("run", "--check", "--allow-all", ...fresh, "example.ts");
    },
  );

  const installed = folders.of("node");
  await t.step("npm install, and the README's example in Node", async () => {
    await install(installed, "@rockpool/soft", "@rockpool/cpu");
    const example = await toNode(await exampleOfSoft());
    await Deno.writeTextFile(`${installed}/example.js`, example);
    await mustRun("node", ["example.js"], { cwd: installed });
  });

  await t.step("threads in Node", async () => {
    const { stdout, stderr } = await poolInNode(installed);
    assertEquals(stdout.trim(), pooled(), stderr);
  });

  await t.step("threads in a browser, from a bundle", async () => {
    const files = { "pool.js": await toBrowser(POOLING, installed) };
    const place = { entry: "pool.js", folder: folders.of("chromium") };
    assertEquals(await runInChromium(files, place), pooled());
  });

  await t.step(
    "every operator and the command in Node",
    async () => {
      const folder = folders.of("all");
      await install(folder, "@rockpool/rockpool", "@rockpool/cli");
      await Deno.writeTextFile(`${folder}/all.js`, ALL_OPERATORS);
      const output = await mustRun("node", ["all.js"], { cwd: folder });
      assertEquals(output, `4\n${operatorNames(builtins).length} operators\n`);
      const list = await mustRun("npx", ["rockpool", "list"], { cwd: folder });
      for (const name of operatorNames(builtins)) assert(list.includes(name));
    },
  );

  await t.step("two versions of one contract go together", async () => {
    await publishVariant(CORE, { version: patched(CORE) });
    await publishVariant(KERNEL, { version: patched(KERNEL) });
    await publishVariant(SOFT, {
      version: patched(SOFT),
      dependencies: { [CORE]: versionOf(CORE), [KERNEL]: versionOf(KERNEL) },
    });
    const folder = folders.of("compatible");
    await install(folder, "@rockpool/cpu", `${SOFT}@${patched(SOFT)}`);
    const copies = ["", "/soft/node_modules/@rockpool"].map((below) => {
      const path = `${folder}/node_modules/@rockpool${below}/kernel`;
      return JSON.parse(Deno.readTextFileSync(`${path}/package.json`));
    });
    assertEquals(
      copies.map(({ version }) => version).toSorted(),
      [versionOf(KERNEL), patched(KERNEL)],
    );
    const { stdout, stderr } = await poolInNode(folder);
    assertEquals(stdout.trim(), pooled(), stderr);
  });

  await t.step("another contract is refused with both versions", async () => {
    const version = "900.0.0";
    await publishVariant(CORE, { version, contract: version });
    const dependencies = { [CORE]: version };
    await publishVariant(KERNEL, { version, dependencies });
    await publishVariant(SOFT, {
      version,
      dependencies: { ...dependencies, [KERNEL]: version },
    });
    const folder = folders.of("incompatible");
    await install(folder, "@rockpool/cpu", `${SOFT}@${version}`);
    const { ok, stderr } = await poolInNode(folder);
    assert(!ok);
    const message = `Cannot run soft: it was made for version ${version} of ` +
      `the contract of @rockpool/core, and this session has version ${CONTRACT}`;
    assert(stderr.includes(message), stderr);
  });

  await stop();
});

const ALL_OPERATORS = `
import { builtins, resolve } from "@rockpool/rockpool";
const pool = await resolve("max", { backend: "cpu", kernelSize: 2 });
const y = await pool({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
console.log(y.data[0]);
pool[Symbol.dispose]();
const loaded = await Promise.all(Object.values(builtins).map((load) => load()));
console.log(loaded.length, "operators");
`;

async function exampleOfSoft(): Promise<string> {
  const soft = readPackages().find(({ name }) => name === SOFT)!;
  const readme = `${ROOT}${soft.folder}/README.md`;
  return readExample(await Deno.readTextFile(readme));
}

/** Folders by name, which are removed together. */
function temporaryFolders(): AsyncDisposable & { of(name: string): string } {
  const root = Deno.makeTempDirSync();
  return {
    of(name) {
      Deno.mkdirSync(`${root}/${name}`, { recursive: true });
      return `${root}/${name}`;
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
