import { assertEquals, assertThrows } from "@std/assert";
import { assertSnapshot } from "./test_snapshot.ts";

function update(value: string | undefined): void {
  if (value === undefined) Deno.env.delete("UPDATE_SNAPSHOTS");
  else Deno.env.set("UPDATE_SNAPSHOTS", value);
}

Deno.test("assertSnapshot() fails without a file, writes it when asked to, and compares", () => {
  const before = Deno.env.get("UPDATE_SNAPSHOTS");
  const folder = Deno.makeTempDirSync();
  try {
    update(undefined);
    assertThrows(
      () => assertSnapshot(folder, "a.txt", "one\n"),
      Error,
      "There is no snapshot a.txt: run with UPDATE_SNAPSHOTS=1 if that is right",
    );
    update("1");
    assertSnapshot(folder, "a.txt", "one\ntwo\n");
    update(undefined);
    assertSnapshot(folder, "a.txt", "one\ntwo\n");
    assertThrows(
      () => assertSnapshot(folder, "a.txt", "one\n2\n"),
      Error,
      'The text differs from snapshot a.txt in line 2: "2" instead of "two"',
    );
    assertEquals(
      Deno.readTextFileSync(`${folder}/__snapshots__/a.txt`),
      "one\ntwo\n",
    );
  } finally {
    update(before);
    Deno.removeSync(folder, { recursive: true });
  }
});
