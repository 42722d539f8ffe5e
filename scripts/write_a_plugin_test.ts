import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readGuide } from "./guide.ts";
import { readerFolder } from "./reader_folder.ts";
import { ROOT } from "./workspace.ts";

const PAGE = "docs/write-a-plugin.md";

Deno.test(`${PAGE} takes a reader from an empty folder to an operator in use`, async (test) => {
  await using reader = await readerFolder();
  // The reader's photograph.
  await Deno.copyFile(
    `${ROOT}docs/images/coffee.png`,
    `${reader.path}/photo.png`,
  );
  let folder = ".";
  let printed = "";
  for (const step of readGuide(Deno.readTextFileSync(ROOT + PAGE))) {
    if (step.kind === "file") {
      const path = join(reader.path, folder, step.path);
      await test.step(`line ${step.line}: ${step.path}`, async () => {
        await Deno.mkdir(join(path, ".."), { recursive: true });
        await Deno.writeTextFile(path, step.text);
      });
    } else if (step.kind === "output") {
      const passed = await test.step(`line ${step.line}: prints`, () => {
        for (const line of step.lines) assertStringIncludes(printed, line);
      });
      assert(passed);
    } else {
      for (const line of step.lines) {
        const passed = await test.step(
          `line ${step.line}: ${line}`,
          async () => {
            const [, into] = line.match(/^cd (\S+)$/) ?? [];
            if (into) {
              folder = join(folder, into);
              assert(Deno.statSync(join(reader.path, folder)).isDirectory);
              return;
            }
            const { code, output } = await reader.run(line, folder);
            printed = output;
            assertEquals(code, 0, output);
          },
        );
        // What follows builds on it.
        assert(passed);
      }
    }
  }
});
