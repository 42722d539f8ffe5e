import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { slide, windowKernel } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import type { OpenGpuSession } from "./gpu_session.ts";
import type { GpuValue } from "./gpu_value.ts";
import type { OpenDevice } from "./request_device.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice } from "./test_override.ts";

const sum = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));

function summed(session: OpenGpuSession): GpuValue {
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(1, 2) });
  const windows = slide(x.shape, { axes: 1, kernelSize: 2 });
  return session.window(sum, { values: { x } }, windows).y;
}

/** The device, whose error scopes of one kind report an error of ours, once. */
function failing(open: OpenDevice, filter: GPUErrorFilter): OpenDevice {
  const scopes: GPUErrorFilter[] = [];
  let hasFailed = false;
  const { device } = open;
  return overrideDevice(open, {
    pushErrorScope(filter) {
      scopes.push(filter);
      device.pushErrorScope(filter);
    },
    async popErrorScope() {
      const isMeant = scopes.pop() === filter && !hasFailed;
      hasFailed ||= isMeant;
      const error = await device.popErrorScope();
      return isMeant ? { message: "made up for a test" } as GPUError : error;
    },
  });
}

for (
  const [filter, reason] of [
    ["out-of-memory", "the device is out of memory, made up for a test"],
    ["validation", "made up for a test"],
  ] as const
) {
  gpuTest(
    `an error of kind ${filter} rejects reads until all values are freed`,
    async (open) => {
      using backend = new Gpu(failing(open, filter));
      {
        using session = backend.session();
        const y = summed(session);
        for (let time = 0; time < 2; time++) {
          const error = await assertRejects(() => session.read(y), Error);
          assertMatch(
            error.message,
            /^Cannot read a value of shape 1×1×1 from the GPU: .* could not be made: /,
          );
          assertEquals(error.message.endsWith(reason), true, error.message);
        }
      }
      using session = backend.session();
      assertEquals([...(await session.read(summed(session))).data], [3]);
    },
  );
}

gpuTest("a real error of the device rejects the next read", async (open) => {
  using backend = new Gpu(open);
  {
    using session = backend.session();
    const y = summed(session);
    y.buffer.destroy();
    await assertRejects(
      () => session.read(y),
      Error,
      "Cannot read a value of shape 1×1×1 from the GPU: commands could not be run",
    );
  }
  using session = backend.session();
  assertEquals([...(await session.read(summed(session))).data], [3]);
});

gpuTest(
  "a lost device rejects reads and leaves the backend disposable",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const y = summed(session);
    const waiting = session.read(summed(session))
      .then(({ data }) => `${data}`, String);
    backend.device.destroy();
    const after = await assertRejects(() => session.read(y), Error);
    assertMatch(
      after.message,
      /^Cannot read .* the device is lost \(destroyed.*\), open the backend anew$/,
    );
    assertMatch(await waiting, /^3$|the device is lost/);
    await assertRejects(
      () => session.read(summed(session)),
      Error,
      "the device is lost",
    );
  },
);

gpuTest(
  "disposing a backend lets go what waits, and later use is an error",
  async (open) => {
    const backend = new Gpu(open);
    using session = backend.session();
    const y = summed(session);
    const waiting = assertRejects(
      () => session.read(y),
      Error,
      "its backend is disposed",
    );
    backend[Symbol.dispose]();
    backend[Symbol.dispose]();
    await waiting;
    assertEquals(backend.memory(), { live: 0, reserved: 0 });
    assertThrows(
      () => backend.session(),
      TypeError,
      "Cannot open a session: the GPU backend is disposed",
    );
    assertThrows(
      () => summed(session),
      TypeError,
      "the GPU backend is disposed",
    );
    await assertRejects(
      () => session.read(y),
      TypeError,
      "the GPU backend is disposed",
    );
    assertThrows(() => y.buffer, TypeError, "the GPU backend is disposed");
  },
);
