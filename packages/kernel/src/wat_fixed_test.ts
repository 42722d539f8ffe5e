import { assert } from "@std/assert";
import compile from "watr/compile";
import { assertSnapshot } from "./test_snapshot.ts";
import { emitWatPlace, emitWatTake } from "./wat_moves.ts";
import { emitWatSums } from "./wat_sums.ts";
import { emitWatTranspose } from "./wat_transpose.ts";

const kernels = {
  "weighted sums of rows": emitWatSums,
  "transposed matrices": emitWatTranspose,
  "values at their indices": emitWatPlace,
  "values from their indices": emitWatTake,
};

for (const [name, emit] of Object.entries(kernels)) {
  Deno.test(`the text of ${name} is as it was`, () => {
    const { text } = emit();
    const file = `${name.replaceAll(" ", "_")}.wat`;
    assertSnapshot(import.meta.dirname, file, text);
    assert(WebAssembly.validate(compile(text)));
  });

  Deno.test(`${name} need no shared memory`, () => {
    const { text } = emit({ shared: false });
    assert(WebAssembly.validate(compile(text)));
    assert(!text.includes(" shared"));
  });
}
