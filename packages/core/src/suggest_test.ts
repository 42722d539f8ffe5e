import { assertEquals } from "@std/assert";
import { didYouMean, suggest } from "./suggest.ts";

const KNOWN = ["max", "average", "soft", "max-unpool"];

const near: [given: string, names: string[]][] = [
  ["sotf", ["soft"]],
  ["avrage", ["average"]],
  ["SOFT", ["soft"]],
  ["unpool", ["max-unpool"]],
  ["max", ["max", "max-unpool"]],
  ["bilinear", []],
];
for (const [given, names] of near) {
  Deno.test(`suggest() finds ${names.length} names near "${given}"`, () => {
    assertEquals(suggest(given, KNOWN), names);
  });
}

Deno.test("suggest() counts insertions, deletions and substitutions alike", () => {
  assertEquals(suggest("abc", ["abcde", "a", "xyc", "xyz"]), [
    "a",
    "abcde",
    "xyc",
  ]);
});

Deno.test("didYouMean() names near ones, else all there are", () => {
  assertEquals(didYouMean("sotf", KNOWN), ': did you mean "soft"');
  assertEquals(
    didYouMean("bilinear", KNOWN),
    ": there is max, average, soft, max-unpool",
  );
  assertEquals(didYouMean("x", []), ": there is none");
});
