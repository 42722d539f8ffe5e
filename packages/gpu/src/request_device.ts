import { loadDawn } from "./dawn.ts";
import { deviceDescriptor } from "./device_descriptor.ts";

/** Where a WebGPU device comes from. */
export interface DeviceOptions {
  /** A device of the caller, who keeps it: it is not destroyed. */
  device?: GPUDevice;
  /**
   * `"default"`: a GPU. `"software"`: a Vulkan driver that runs on the CPU,
   * from npm's `@sparticuz/chromium`, on Linux on x86-64 only.
   */
  adapter?: "default" | "software";
  /**
   * `"navigator"`: the WebGPU of the runtime, `navigator.gpu`. `"dawn"`: npm's
   * `webgpu`. By default the first of the two that has a GPU; for the software
   * adapter, Dawn.
   */
  implementation?: "navigator" | "dawn";
}

/** A WebGPU device and its origin; disposing it destroys the device. */
export interface OpenDevice extends Disposable {
  readonly device: GPUDevice;
  /** The adapter's name, for people. */
  readonly adapter: string;
  readonly implementation: "user" | "navigator" | "dawn";
}

type Implementation = NonNullable<DeviceOptions["implementation"]>;

/**
 * Opens a WebGPU device: the caller's own, else a GPU, and a software adapter
 * only where the caller asks for it.
 *
 * @throws {TypeError} where `device` comes with another option.
 * @throws {RangeError} where an option has no such choice.
 * @throws {Error} where there is no such adapter, saying what to do.
 */
export async function requestDevice(
  options: DeviceOptions = {},
): Promise<OpenDevice> {
  assertOptions(options);
  const { device, adapter = "default", implementation } = options;
  if (device !== undefined) {
    return {
      device,
      adapter: nameOf(device.adapterInfo),
      implementation: "user",
      [Symbol.dispose]() {},
    };
  }
  return adapter === "software"
    ? await openSoftware(implementation ?? "dawn")
    : await openDefault(
      implementation ? [implementation] : ["navigator", "dawn"],
    );
}

function assertOptions(options: DeviceOptions): void {
  const { device, adapter, implementation } = options;
  if (device !== undefined && (adapter ?? implementation) !== undefined) {
    throw new TypeError(
      "Cannot request a device: both a device and " +
        `${adapter ? "an adapter" : "an implementation"} are given, ` +
        "one of the two is needed",
    );
  }
  assertChoice("adapter", adapter, ["default", "software"]);
  assertChoice("implementation", implementation, ["navigator", "dawn"]);
}

function assertChoice(
  name: string,
  value: string | undefined,
  choices: string[],
): void {
  if (value === undefined || choices.includes(value)) return;
  throw new RangeError(
    `Cannot request a device with ${name} "${value}": choose ` +
      choices.map((choice) => `"${choice}"`).join(" or "),
  );
}

async function openSoftware(
  implementation: Implementation,
): Promise<OpenDevice> {
  const { loadSoftwareDriver } = await import("./software_driver.ts");
  await loadSoftwareDriver();
  const gpu = await load(implementation);
  const adapter = await gpu.requestAdapter({ forceFallbackAdapter: true });
  if (adapter === null || !adapter.info.isFallbackAdapter) {
    throw new Error(
      `Cannot find the software adapter: ${implementation} offers ` +
        `${adapter ? nameOf(adapter.info) : "none"}; navigator.gpu looks for ` +
        "drivers only once, so its first use must be the software adapter",
    );
  }
  return await open({ gpu, adapter, implementation });
}

async function openDefault(
  implementations: Implementation[],
): Promise<OpenDevice> {
  const failures: Error[] = [];
  for (const implementation of implementations) {
    try {
      const gpu = await load(implementation);
      const adapter = await requestGpu(gpu);
      return await open({ gpu, adapter, implementation });
    } catch (error) {
      failures.push(prefixed(implementation, error));
    }
  }
  const reasons = failures.map((failure) => failure.message).join("; ");
  throw new Error(
    `Cannot find a GPU (${reasons}): pass a device, run where WebGPU is ` +
      'available, install npm:webgpu, or choose adapter "software"',
    { cause: failures },
  );
}

function prefixed(implementation: Implementation, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${implementation}: ${message}`, { cause });
}

async function load(implementation: Implementation): Promise<GPU> {
  if (implementation === "dawn") return await loadDawn();
  // Node 20 has no navigator, and an old browser's has no gpu.
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  if (gpu === undefined) throw new Error("There is no navigator.gpu");
  return gpu;
}

async function requestGpu(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({
    powerPreference: "high-performance",
  });
  if (adapter === null) throw new Error("There is no adapter");
  if (adapter.info.isFallbackAdapter) {
    throw new Error(`${nameOf(adapter.info)} is a software adapter`);
  }
  return adapter;
}

/** Dawn crashes where its root object is collected while a device is in use. */
const origins = new WeakMap<GPUDevice, GPU>();

async function open(
  { gpu, adapter, implementation }: {
    gpu: GPU;
    adapter: GPUAdapter;
    implementation: Implementation;
  },
): Promise<OpenDevice> {
  const device = await adapter.requestDevice(deviceDescriptor(adapter));
  origins.set(device, gpu);
  return {
    device,
    adapter: nameOf(adapter.info),
    implementation,
    [Symbol.dispose]() {
      device.destroy();
    },
  };
}

/** Old browsers give a device no information, and new ones give little. */
function nameOf(info: GPUAdapterInfo | undefined): string {
  return info?.description ||
    [info?.vendor, info?.architecture].filter(Boolean).join(" ") ||
    "unnamed adapter";
}
