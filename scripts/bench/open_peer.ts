import { fileURLToPath } from "node:url";
import { ROOT } from "../workspace.ts";
import { openOnnxRuntime } from "./onnxruntime_peer.ts";
import type { Peer, PeerOptions } from "./peer.ts";
import { openProcess } from "./process_peer.ts";
import { openTorch } from "./torch_peer.ts";

/** Opens a library; undefined where the machine does not have it. */
type PeerOpener = (options: PeerOptions) => Promise<Peer | undefined>;

/** The libraries that Rockpool is compared to, by what tables call them. */
const PEERS: Readonly<Record<string, PeerOpener>> = {
  "onnxruntime-node": openOnnxRuntime,
  "tfjs-wasm": (options) => openScript("tfjs-wasm", "tfjs_main.ts", options),
  "jax-js": (options) => openScript("jax-js", "jax_main.ts", options),
  "pytorch": openTorch,
};

/** What they are called. */
export const PEER_NAMES: readonly string[] = Object.keys(PEERS);

/**
 * Opens a library by name; undefined where the machine does not have it.
 *
 * @throws {RangeError} for a name that is none
 */
export function openPeer(
  name: string,
  options: PeerOptions,
): Promise<Peer | undefined> {
  if (Object.hasOwn(PEERS, name)) return PEERS[name](options);
  throw new RangeError(
    `There is no peer "${name}": one of ${PEER_NAMES.join(", ")} is needed`,
  );
}

/** A library in a process of Deno, which has the threads it was given. */
function openScript(
  name: string,
  script: string,
  { threads }: PeerOptions,
): Promise<Peer> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return openProcess({
    name,
    command: Deno.execPath(),
    args: ["run", "-A", "--config", `${ROOT}deno.json`, path],
    threads,
  });
}
