import { assert, assertEquals, assertThrows } from "@std/assert";
import { sizeOf } from "@rockpool/core";
import { BENCH_CASES } from "./bench_cases.ts";
import { dataOf } from "./bench_data.ts";
import { distances, TOLERANCE } from "./measure_case.ts";
import { openPeer, PEER_NAMES } from "./open_peer.ts";
import { openRockpool } from "./rockpool_peer.ts";
import { findTorch } from "./torch_peer.ts";

const THREADS = { threads: 2 };
const SMALL = BENCH_CASES.filter(({ shape }) => sizeOf(shape) < 10_000);
const hasTorch = await findTorch() !== undefined;

for (const name of PEER_NAMES) {
  const isMissing = name === "pytorch" && !hasTorch;
  const reason = isMissing ? ": no Python has torch" : "";
  Deno.test({
    name:
      `openPeer() gives ${name}, whose results and gradients are Rockpool's${reason}`,
    ignore: isMissing,
    async fn() {
      await using ours = await openRockpool(THREADS);
      await using peer = await openPeer(name, THREADS);
      let compared = 0;
      for (const benchCase of SMALL) {
        const data = dataOf(benchCase);
        await using theirs = await peer!.prepare(benchCase, data);
        if (!theirs) continue;
        await using own = await ours.prepare(benchCase, data);
        const results = await theirs.results();
        assert(distances(results, await own!.results()) <= TOLERANCE);
        compared += 1;
      }
      assert(compared > 0);
      assertEquals(peer!.name, name);
    },
  });
}

Deno.test("openPeer() refuses a name that is none, and says which there are", () => {
  assertThrows(() => openPeer("tf", THREADS), RangeError, "tfjs-wasm");
});
