import {
  emitWat,
  type FixedEmitter,
  type Geometry,
  inOneColumn,
  type OpcodeRow,
  type Program,
  type WatKernel,
  watKey,
} from "@rockpool/kernel";
import type { Allocator } from "./allocator.ts";
import { KernelCall } from "./kernel_call.ts";
import { assemble } from "./assemble.ts";
import type { WasmMemory } from "./memory.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** A module that is ready to run. */
export interface CompiledModule {
  /** Its number among the backend's kernels. */
  readonly id: number;
  /** The module's bytes in the backend's memory, for workers. */
  readonly module: { readonly address: number; readonly length: number };
  /** Runs it on some rows. */
  run(argumentsAddress: number, begin: number, end: number): void;
}

/** A program's kernel. */
export interface CompiledKernel extends WatKernel, CompiledModule {
  /** Whether it works on windows or on elements of the input. */
  readonly kind: Program["kind"];
}

/** A kernel that is the same for all calls. */
export interface FixedKernel extends CompiledModule {
  /** The names of its arguments. */
  readonly fields: readonly string[];
}

/** The kernels of a program. */
interface ProgramKernels {
  /** By what their text depends on. */
  readonly byKey: Map<string, CompiledKernel>;
  /** By windows that cannot change. */
  readonly calls: WeakMap<Geometry, KernelCall>;
}

/** The kernels of a backend, each compiled when it is first needed. */
export class KernelCache {
  readonly #kernels = new WeakMap<Program, ProgramKernels>();
  readonly #fixed = new Map<FixedEmitter, FixedKernel>();
  #count = 0;

  readonly allocator: Allocator;
  readonly pool: ThreadPool | undefined;
  readonly fused: boolean;

  constructor(
    readonly memory: WasmMemory,
    { allocator, pool, fused }: {
      readonly allocator: Allocator;
      readonly pool: ThreadPool | undefined;
      /** Whether products are added without being rounded. */
      readonly fused: boolean;
    },
  ) {
    this.allocator = allocator;
    this.pool = pool;
    this.fused = fused;
  }

  /** How a program runs on some windows. */
  get(program: Program, given: Geometry): KernelCall {
    let kernels = this.#kernels.get(program);
    if (!kernels) {
      kernels = { byKey: new Map(), calls: new WeakMap() };
      this.#kernels.set(program, kernels);
    }
    let call = kernels.calls.get(given);
    if (!call) {
      const geometry = inOneColumn(program, given);
      const key = watKey(program, geometry);
      let kernel = kernels.byKey.get(key);
      if (!kernel) {
        kernel = this.#compileProgram(program, geometry);
        kernels.byKey.set(key, kernel);
      }
      call = new KernelCall(kernel, { program, geometry, pool: this.pool });
      if (Object.isFrozen(given)) kernels.calls.set(given, call);
    }
    return call;
  }

  /** The kernel of an emitter that is the same for all calls. */
  fixed(emit: FixedEmitter): FixedKernel {
    let kernel = this.#fixed.get(emit);
    if (!kernel) {
      const { text, fields, instructions } = emit(this.memory);
      kernel = { ...this.#compile(text, instructions), fields };
      this.#fixed.set(emit, kernel);
    }
    return kernel;
  }

  #compileProgram(program: Program, geometry: Geometry): CompiledKernel {
    const { fused, memory: { shared } } = this;
    const kernel = emitWat(program, geometry, { shared, fused });
    const { kind } = program;
    return { ...this.#compile(kernel.text), ...kernel, kind };
  }

  #compile(text: string, more?: readonly OpcodeRow[]): CompiledModule {
    const { memory } = this.memory;
    const bytes = assemble(text, more);
    const module = new WebAssembly.Module(bytes);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const address = this.allocator.allocate(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return {
      id: this.#count++,
      module: { address, length: bytes.length },
      run: instance.exports.run as CompiledModule["run"],
    };
  }
}
