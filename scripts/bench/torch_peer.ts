import { fileURLToPath } from "node:url";
import type { Peer, PeerOptions } from "./peer.ts";
import { openProcess } from "./process_peer.ts";

/** Where Python may be; the second is that of distributions. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/** PyTorch in a process of Python; undefined where no Python has it. */
export async function openTorch(
  { threads }: PeerOptions,
): Promise<Peer | undefined> {
  const command = await findTorch();
  if (command === undefined) return undefined;
  const script = fileURLToPath(new URL("torch_peer.py", import.meta.url));
  return openProcess({ name: "pytorch", command, args: [script], threads });
}

/** The Python that has PyTorch, if any has. */
export async function findTorch(): Promise<string | undefined> {
  for (const command of PYTHONS) {
    if (await imports(command, "torch")) return command;
  }
}

async function imports(python: string, module: string): Promise<boolean> {
  const command = new Deno.Command(python, {
    args: ["-c", `import ${module}`],
    stdout: "null",
    stderr: "null",
  });
  try {
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
