import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { Writable } from "node:stream";
import { startProgress } from "./progress.ts";

/** What a progress bar of four steps writes. */
function drawn(terminal: { isTTY: boolean }): string {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  {
    using progress = startProgress("Measuring", 4, {
      stream: Object.assign(stream, terminal),
    });
    progress.advance();
    progress.advance(3);
  }
  return text;
}

Deno.test("startProgress() draws title and count, then clears the line", () => {
  const text = drawn({ isTTY: true });
  assertStringIncludes(text, "Measuring");
  assertStringIncludes(text, "4/4");
  assert(text.endsWith("\x1b[2K"), JSON.stringify(text.slice(-20)));
});

Deno.test("startProgress() changes no setting of the terminal", () => {
  // Hiding the cursor and switching off line wrapping end in "l".
  assertFalse(/\[\?\d+l/.test(drawn({ isTTY: true })));
});

Deno.test("startProgress() draws nothing where there is no terminal", () => {
  assertEquals(drawn({ isTTY: false }), "");
});
