import type { WgslModule } from "@rockpool/kernel";
import type { Failures } from "./failures.ts";
import { ShaderStage } from "./usage_flags.ts";

/** A compiled module and the layout of what is bound to it. */
export interface Pipeline {
  readonly compute: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const TYPES: Readonly<
  Record<WgslModule["bindings"][number]["use"], GPUBufferBindingType>
> = {
  call: "uniform",
  tables: "read-only-storage",
  packed: "read-only-storage",
  found: "storage",
  read: "read-only-storage",
  write: "storage",
};

/** Compiled shaders by their text. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #known = new Map<string, Pipeline>();

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
  }

  /** How many more buffers a module binds than the device allows; 0 if it fits. */
  excess(module: WgslModule): number {
    return Math.max(0, storageBuffers(module) - this.#most);
  }

  /**
   * The pipeline of a module, compiled when it is first asked for.
   *
   * @throws {RangeError} if it binds more buffers than the device allows
   */
  of(module: WgslModule): Pipeline {
    let pipeline = this.#known.get(module.source);
    if (!pipeline) {
      const name = firstLine(module.source);
      if (this.excess(module) > 0) {
        throw new RangeError(
          `Cannot run ${name}: it binds ${
            storageBuffers(module)
          } storage buffers, the device allows ${this.#most}`,
        );
      }
      pipeline = this.#failures.guard(
        `a shader could not be compiled (${name})`,
        () => this.#compile(module),
      );
      this.#known.set(module.source, pipeline);
    }
    return pipeline;
  }

  get #most(): number {
    return this.#device.limits.maxStorageBuffersPerShaderStage;
  }

  #compile({ source, bindings }: WgslModule): Pipeline {
    const device = this.#device;
    const label = firstLine(source);
    const module = device.createShaderModule({ label, code: source });
    const layout = device.createBindGroupLayout({
      label,
      entries: bindings.map(({ use }, binding) => ({
        binding,
        visibility: ShaderStage.COMPUTE,
        buffer: { type: TYPES[use] },
      })),
    });
    const compute = device.createComputePipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
    return { compute, layout };
  }
}

function storageBuffers({ bindings }: WgslModule): number {
  return bindings.filter(({ use }) => use !== "call").length;
}

/** The comment that a module begins with. */
function firstLine(source: string): string {
  return source.slice(0, source.indexOf("\n")).replace("// ", "");
}
