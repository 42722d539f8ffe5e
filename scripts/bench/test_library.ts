/**
 * A library for tests: it doubles its input, and lacks all else.
 *
 * @module
 */
import { servePeer } from "./serve_peer.ts";

await servePeer((threads) =>
  Promise.resolve({
    version: `${threads} threads`,
    prepare({ benchCase: { op }, inputs }) {
      if (op === "broken") throw new Error("it is broken");
      if (op !== "double") return undefined;
      const double = () =>
        (inputs.x.data as Float32Array).map((x: number) => 2 * x);
      return {
        run: () => void double(),
        results: () => Promise.resolve([double()]),
        [Symbol.dispose]() {},
      };
    },
  })
);
