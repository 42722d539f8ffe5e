/** The device that timestamps are taken on, and the milliseconds in between. */
export interface TimedDevice {
  /** The device: what it submits is timed, pass by pass. */
  readonly device: GPUDevice;
  /**
   * Milliseconds that compute passes took since the last call, all together;
   * undefined where the device has no timestamps.
   */
  passTime(): Promise<number | undefined>;
  /** Frees what it made; the device is the caller's. */
  [Symbol.dispose](): void;
}

/** Passes that are timed at once. */
const MOST_PASSES = 256;

/** `GPUBufferUsage`, which not every runtime has as a global. */
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, QUERY_RESOLVE: 512 };

/** Wraps a device, so that each of its compute passes writes two timestamps. */
export function timedDevice(device: GPUDevice): TimedDevice {
  if (!device.features.has("timestamp-query")) {
    return {
      device,
      passTime: () => Promise.resolve(undefined),
      [Symbol.dispose]() {},
    };
  }
  const bytes = 16 * MOST_PASSES;
  const queries = device.createQuerySet({
    type: "timestamp",
    count: 2 * MOST_PASSES,
  });
  const resolved = device.createBuffer({
    size: bytes,
    usage: USAGE.QUERY_RESOLVE | USAGE.COPY_SRC,
  });
  const staging = device.createBuffer({
    size: bytes,
    usage: USAGE.MAP_READ | USAGE.COPY_DST,
  });
  let passes = 0;
  const timedEncoder = (encoder: GPUCommandEncoder) =>
    withMembers(encoder, {
      beginComputePass(descriptor: GPUComputePassDescriptor = {}) {
        if (passes === MOST_PASSES) {
          throw new RangeError(
            `Cannot time more than ${MOST_PASSES} passes at once: call passTime() in between`,
          );
        }
        const first = 2 * passes++;
        return encoder.beginComputePass({
          ...descriptor,
          timestampWrites: {
            querySet: queries,
            beginningOfPassWriteIndex: first,
            endOfPassWriteIndex: first + 1,
          },
        });
      },
    });
  return {
    device: withMembers(device, {
      createCommandEncoder: (descriptor?: GPUCommandEncoderDescriptor) =>
        timedEncoder(device.createCommandEncoder(descriptor)),
    }),
    async passTime() {
      if (passes === 0) return 0;
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(queries, 0, 2 * passes, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16 * passes);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(USAGE.MAP_READ, 0, 16 * passes);
      const times = new BigUint64Array(
        staging.getMappedRange(0, 16 * passes).slice(0),
      );
      staging.unmap();
      let nanoseconds = 0n;
      for (let pass = 0; pass < passes; pass++) {
        nanoseconds += times[2 * pass + 1] - times[2 * pass];
      }
      passes = 0;
      return Number(nanoseconds) / 1e6;
    },
    [Symbol.dispose]() {
      queries.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

/** An object like the target but for some members. */
function withMembers<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
