import {
  emitWat,
  type Geometry,
  type Program,
  type WatKernel,
  watKey,
} from "@rockpool/kernel";
import compile from "watr/compile";
import type { Allocator } from "./allocator.ts";
import type { WasmMemory } from "./memory.ts";

/** A kernel that is ready to run. */
export interface CompiledKernel extends WatKernel {
  /** Whether it works on windows or on elements of the input. */
  readonly kind: Program["kind"];
  /** Its number among the backend's kernels. */
  readonly id: number;
  /** The module's bytes in the backend's memory, for workers. */
  readonly module: { readonly address: number; readonly length: number };
  /** Runs it on some rows. */
  run(argumentsAddress: number, begin: number, end: number): void;
}

/** The kernels of a backend, each compiled when it is first needed. */
export class KernelCache {
  readonly #kernels = new WeakMap<Program, Map<string, CompiledKernel>>();
  #count = 0;

  constructor(readonly memory: WasmMemory, readonly allocator: Allocator) {}

  /** The kernel of a program for windows of this kind. */
  get(program: Program, geometry: Geometry): CompiledKernel {
    let kernels = this.#kernels.get(program);
    if (!kernels) this.#kernels.set(program, kernels = new Map());
    const key = watKey(program, geometry);
    let kernel = kernels.get(key);
    if (!kernel) kernels.set(key, kernel = this.#compile(program, geometry));
    return kernel;
  }

  #compile(program: Program, geometry: Geometry): CompiledKernel {
    const { memory, shared } = this.memory;
    const kernel = emitWat(program, geometry, { shared });
    const bytes: Uint8Array<ArrayBuffer> = compile(kernel.text);
    const module = new WebAssembly.Module(bytes);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    const address = this.allocator.allocate(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return {
      ...kernel,
      kind: program.kind,
      id: this.#count++,
      module: { address, length: bytes.length },
      run: instance.exports.run as CompiledKernel["run"],
    };
  }
}
