import { assertEquals, assertMatch } from "@std/assert";
import { skipGpuTests } from "./test_devices.ts";

const isSupported = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

/** Unpacks in a process of its own. */
async function unpackInProcess(cache: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { unpackDriverFiles } from "./driver_files.ts";
      console.log(await unpackDriverFiles(${JSON.stringify(cache)}));`,
    ],
    cwd: import.meta.dirname,
  }).output();
  const text = new TextDecoder();
  assertEquals(code, 0, text.decode(stderr));
  return text.decode(stdout).trim();
}

Deno.test({
  name: "unpackDriverFiles() gives processes at the same time one folder",
  ignore: skipGpuTests || !isSupported,
  async fn() {
    const cache = await Deno.makeTempDir();
    try {
      const folders = await Promise.all(
        [1, 2, 3].map(() => unpackInProcess(cache)),
      );
      assertEquals(new Set(folders).size, 1);
      assertMatch(folders[0], /\/rockpool\/swiftshader-[0-9a-f]{16}$/);

      const left = [...Deno.readDirSync(`${cache}/rockpool`)];
      assertEquals(left.length, 1, "a draft is left");
      const files = [...Deno.readDirSync(folders[0])].map(({ name }) => name);
      assertEquals(files.sort(), [
        "libvk_swiftshader.so",
        "libvulkan.so.1",
        "vk_swiftshader_icd.json",
      ]);

      const before = Deno.statSync(folders[0]).ctime;
      assertEquals(await unpackInProcess(cache), folders[0]);
      assertEquals(Deno.statSync(folders[0]).ctime, before, "unpacked again");
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
});
