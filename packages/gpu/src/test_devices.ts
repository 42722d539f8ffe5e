import { anyAdapter } from "./any_adapter.ts";
import {
  type DeviceOptions,
  type OpenDevice,
  requestDevice,
} from "./request_device.ts";

/** One device that GPU tests run on, and how to open it. */
export interface TestDevice {
  /** Implementation and adapter, for the names of tests. */
  readonly name: string;
  readonly options: DeviceOptions;
}

/** Whether ROCKPOOL_GPU=skip allows a machine without any adapter. */
export const skipGpuTests: boolean = Deno.env.get("ROCKPOOL_GPU") === "skip";

/**
 * The devices that every GPU test runs on: Dawn and Deno's own WebGPU, both on
 * this machine's GPU, else both on the software adapter.
 */
export const testDevices: readonly TestDevice[] = await chooseDevices();

async function chooseDevices(): Promise<TestDevice[]> {
  const adapter = skipGpuTests ? "software" : await anyAdapter();
  const label = adapter === "default" ? "GPU" : "software";
  return [
    {
      name: `dawn, ${label}`,
      options: { adapter, implementation: "dawn" },
    },
    {
      name: `deno, ${label}`,
      options: { adapter, implementation: "navigator" },
    },
  ];
}

/** Registers a test for every device, which is opened for it and closed after. */
export function gpuTest(
  name: string,
  test: (open: OpenDevice) => Promise<void> | void,
): void {
  for (const { name: device, options } of testDevices) {
    Deno.test({
      name: `${name} [${device}]`,
      ignore: skipGpuTests,
      async fn() {
        using open = await requestDevice(options);
        await test(open);
      },
    });
  }
}
