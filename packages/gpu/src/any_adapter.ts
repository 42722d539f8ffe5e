import { nodeBuiltin } from "./node_builtin.ts";
import { type DeviceOptions, requestDevice } from "./request_device.ts";

/**
 * The adapter for what must run on every machine, such as tests and demos:
 * `"default"` where there is a GPU, else `"software"`.
 *
 * `gpu()` itself never falls back to software; `gpu({ adapter: await
 * anyAdapter() })` says so. The environment variable ROCKPOOL_GPU=software
 * chooses the software adapter where there is a GPU too. For Deno and Node.
 */
export async function anyAdapter(): Promise<
  NonNullable<DeviceOptions["adapter"]>
> {
  const { env } = nodeBuiltin("node:process");
  if (env.ROCKPOOL_GPU === "software") return "software";
  try {
    // Not navigator.gpu: asked now, it would never find the software driver.
    using _device = await requestDevice({ implementation: "dawn" });
    return "default";
  } catch {
    return "software";
  }
}
