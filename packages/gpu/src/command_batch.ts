import { WORKGROUP_SIZE } from "@rockpool/kernel";
import type { Block } from "./buffer_pool.ts";
import type { Failures } from "./failures.ts";
import type { Pipeline } from "./pipelines.ts";
import { BufferUsage } from "./usage_flags.ts";

/** A part of a buffer. */
export interface Slice {
  readonly block: Block;
  readonly offset: number;
  readonly size: number;
}

/** Where a copy begins in a buffer. */
interface Target {
  readonly buffer: GPUBuffer;
  readonly offset: number;
}

/** One dispatch. */
export interface Dispatch {
  readonly pipeline: Pipeline;
  /** The arguments, which are bound first. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** What is bound after them. */
  readonly slices: readonly Slice[];
  readonly invocations: number;
}

type Command =
  | { readonly kind: "dispatch"; readonly dispatch: Dispatch; slot: number }
  | { readonly kind: "clear"; readonly slice: Slice }
  | { readonly kind: "copy"; readonly from: Slice; readonly to: Target };

/** Bytes of the buffer that holds the arguments of all dispatches of a batch. */
const ARGUMENT_BYTES = 2 ** 16;

/** Workgroups along one dimension of a dispatch. */
const MOST_GROUPS = 65535;

/**
 * Commands that wait to be submitted together.
 *
 * They are encoded when they are submitted, inside one pair of error scopes.
 * Each dispatch has its arguments at a place of its own; the next batch uses
 * the places again, since its writes come after this one's work in the queue.
 */
export class CommandBatch {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #arguments: GPUBuffer;
  readonly #words = new Uint32Array(ARGUMENT_BYTES / 4);
  /** The bytes that arguments of one dispatch take at least. */
  readonly #alignment: number;
  #commands: Command[] = [];
  #used = 0;
  #number = 0;

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
    this.#alignment = Math.max(
      16,
      device.limits.minUniformBufferOffsetAlignment,
    );
    this.#arguments = failures.guard(
      "the buffer for arguments could not be made",
      () =>
        device.createBuffer({
          label: "rockpool arguments",
          size: ARGUMENT_BYTES,
          usage: BufferUsage.UNIFORM | BufferUsage.COPY_DST,
        }),
    );
  }

  /** Bytes of the device that it holds. */
  get reserved(): number {
    return ARGUMENT_BYTES;
  }

  /** Adds a dispatch. */
  dispatch(dispatch: Dispatch): void {
    const bytes = this.#aligned(dispatch.words.byteLength);
    if (this.#used + bytes > ARGUMENT_BYTES) this.flush();
    const slot = this.#used;
    this.#words.set(dispatch.words, slot / 4);
    this.#used += bytes;
    for (const { block } of dispatch.slices) block.lastBatch = this.#number;
    this.#commands.push({ kind: "dispatch", dispatch, slot });
  }

  /** Adds zeros. */
  clear(slice: Slice): void {
    slice.block.lastBatch = this.#number;
    this.#commands.push({ kind: "clear", slice });
  }

  /** Adds a copy to the beginning of a buffer of the caller. */
  copy(from: Slice, to: GPUBuffer): void {
    from.block.lastBatch = this.#number;
    const target = { buffer: to, offset: 0 };
    this.#commands.push({ kind: "copy", from, to: target });
  }

  /** Adds a copy into a block. */
  copyTo(from: Slice, block: Block, offset: number): void {
    from.block.lastBatch = this.#number;
    block.lastBatch = this.#number;
    const target = { buffer: block.buffer, offset };
    this.#commands.push({ kind: "copy", from, to: target });
  }

  /** Submits what waits if it uses a block, which is to be written or destroyed. */
  flushIfUses(block: Block): void {
    if (block.lastBatch === this.#number) this.flush();
  }

  /** Submits what waits. */
  flush(): void {
    if (this.#commands.length === 0) return;
    const commands = this.#commands;
    this.#commands = [];
    this.#number += 1;
    this.#failures.guard("commands could not be run", () => {
      const { queue } = this.#device;
      const words = this.#words.subarray(0, this.#used / 4);
      if (words.length > 0) queue.writeBuffer(this.#arguments, 0, words);
      queue.submit([this.#encode(commands)]);
    });
    this.#used = 0;
  }

  /** Destroys its buffer; what waits is dropped. */
  dispose(): void {
    this.#commands = [];
    this.#arguments.destroy();
  }

  #aligned(bytes: number): number {
    return Math.ceil(bytes / this.#alignment) * this.#alignment;
  }

  #encode(commands: readonly Command[]): GPUCommandBuffer {
    const encoder = this.#device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    for (const command of commands) {
      if (command.kind === "dispatch") {
        pass ??= encoder.beginComputePass();
        this.#encodeDispatch(pass, command.dispatch, command.slot);
        continue;
      }
      pass?.end();
      pass = undefined;
      if (command.kind === "clear") {
        const { block, offset, size } = command.slice;
        encoder.clearBuffer(block.buffer, offset, size);
      } else {
        const { from: { block, offset, size }, to } = command;
        encoder.copyBufferToBuffer(
          block.buffer,
          offset,
          to.buffer,
          to.offset,
          size,
        );
      }
    }
    pass?.end();
    return encoder.finish();
  }

  #encodeDispatch(
    pass: GPUComputePassEncoder,
    { pipeline, words, slices, invocations }: Dispatch,
    slot: number,
  ): void {
    // A uniform buffer's size is a multiple of 16.
    const size = Math.ceil(words.byteLength / 16) * 16;
    const resources: GPUBufferBinding[] = [
      { buffer: this.#arguments, offset: slot, size },
      ...slices.map(({ block: { buffer }, offset, size }) => ({
        buffer,
        offset,
        size,
      })),
    ];
    pass.setPipeline(pipeline.compute);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: pipeline.layout,
        entries: resources.map((resource, binding) => ({ binding, resource })),
      }),
    );
    pass.dispatchWorkgroups(...workgroups(invocations));
  }
}

/** So many workgroups, in as many rows as one dimension's limit asks for. */
export function workgroups(invocations: number): [number, number] {
  const groups = Math.ceil(invocations / WORKGROUP_SIZE);
  const rows = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / rows), rows];
}
