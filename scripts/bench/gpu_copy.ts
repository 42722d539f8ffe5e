/** A kernel that copies, which says what the device's memory allows. */
export interface CopyKernel extends Disposable {
  /** Encodes and submits so many copies, one after the other. */
  run(times: number): void;
  /** What was copied, for tests. */
  readonly from: GPUBuffer;
  readonly to: GPUBuffer;
}

const WORKGROUP = 64;
/** Workgroups along one dimension of a dispatch. */
const MOST_GROUPS = 65535;
/** `GPUBufferUsage`, which not every runtime has as a global. */
const USAGE = { COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 };

const SOURCE = `
@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> target_: array<vec4<f32>>;
@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * ${WORKGROUP}u + lane;
  if (at < arrayLength(&source)) {
    target_[at] = source[at];
  }
}`;

/** Makes a kernel that reads and writes so many bytes, both together. */
export function openCopyKernel(device: GPUDevice, bytes: number): CopyKernel {
  const vectors = Math.max(1, Math.round(bytes / 2 / 16));
  const buffer = () =>
    device.createBuffer({
      size: 16 * vectors,
      usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST,
    });
  const [from, to] = [buffer(), buffer()];
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: {
      module: device.createShaderModule({ code: SOURCE }),
      entryPoint: "main",
    },
  });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [from, to].map((buffer, binding) => ({
      binding,
      resource: { buffer },
    })),
  });
  const groups = Math.ceil(vectors / WORKGROUP);
  const rows = Math.ceil(groups / MOST_GROUPS);
  return {
    from,
    to,
    run(times) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      for (let time = 0; time < times; time++) {
        pass.dispatchWorkgroups(Math.ceil(groups / rows), rows);
      }
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    [Symbol.dispose]() {
      from.destroy();
      to.destroy();
    },
  };
}
