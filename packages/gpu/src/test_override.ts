import type { OpenDevice } from "./request_device.ts";

/** What a test changes of a device. */
export interface Overrides extends Partial<Omit<GPUDevice, "limits">> {
  readonly limits?: Partial<Record<keyof GPUSupportedLimits, number>>;
}

/** The same open device with some of its members replaced. */
export function overrideDevice(
  open: OpenDevice,
  { limits = {}, ...members }: Overrides,
): OpenDevice {
  const own = { ...members, limits: override(open.device.limits, limits) };
  return {
    ...open,
    device: override(open.device, own),
    [Symbol.dispose]: () => open[Symbol.dispose](),
  };
}

/** An object like the target but for some members. */
function override<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
