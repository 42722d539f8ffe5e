import { fileURLToPath } from "node:url";
import type { OnnxTensor } from "./tensors.ts";
import type { NodeCase } from "./test_nodes.ts";
import { parseTensors, tensorsToText } from "./test_tensor_text.ts";

/** What ONNX Runtime makes of each case, in a process of its own. */
export async function askOnnxRuntime(
  cases: readonly NodeCase[],
): Promise<OnnxTensor[][]> {
  const main = fileURLToPath(new URL("test_onnxruntime.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", main],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const asked = process.stdin.getWriter();
  await asked.write(new TextEncoder().encode(tensorsToText(cases)));
  await asked.close();
  const { success, stdout, stderr } = await process.output();
  if (!success) {
    throw new Error(`ONNX Runtime failed: ${new TextDecoder().decode(stderr)}`);
  }
  return parseTensors(new TextDecoder().decode(stdout));
}
