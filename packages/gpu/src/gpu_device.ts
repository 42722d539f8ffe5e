import {
  type DType,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorData,
  type Value,
} from "@rockpool/core";
import {
  type Device,
  type EigenCall,
  type Geometry,
  type MatrixProduct,
  type PlaneMove,
  type PositionSums,
  type Program,
  type RowCopy,
  type RunBindings,
  strayIndex,
} from "@rockpool/kernel";
import { type Block, BufferPool } from "./buffer_pool.ts";
import { CommandBatch } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { Failures } from "./failures.ts";
import { DeviceValue, type GpuValue } from "./gpu_value.ts";
import { Pipelines } from "./pipelines.ts";
import { ReadBack } from "./read_back.ts";
import { runEigen } from "./run_eigen.ts";
import { runMove } from "./run_move.ts";
import { runMultiply } from "./run_multiply.ts";
import { runProgram } from "./run_program.ts";
import { runCopyRows, runSumPositions } from "./run_rows.ts";
import { BufferUsage } from "./usage_flags.ts";

/** Float32 values up to so many bytes keep a copy on the host. */
const MIRROR_BYTES = 2 ** 20;

/** The GPU as a session sees it. */
export class GpuDevice implements Device<GpuValue>, Dispatcher {
  readonly batch: CommandBatch;
  readonly pipelines: Pipelines;
  readonly pool: BufferPool;
  readonly limits: Dispatcher["limits"];
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #readBack: ReadBack;
  readonly #held = new WeakSet<Value>();
  #values = 0;
  #live = 0;
  #reports = 0;
  #isDisposed = false;

  /** @param isOwn whether the device is not a user's */
  constructor(device: GPUDevice, isOwn: boolean) {
    const { limits } = device;
    this.#device = device;
    this.#failures = new Failures(device, isOwn);
    this.batch = new CommandBatch(device, this.#failures);
    this.pipelines = new Pipelines(device, this.#failures);
    this.pool = new BufferPool(device, this.#failures);
    this.#readBack = new ReadBack(device, this.#failures, this.batch);
    this.limits = {
      size: limits.maxStorageBufferBindingSize,
      alignment: limits.minStorageBufferOffsetAlignment,
    };
  }

  /** Bytes of all values. */
  get live(): number {
    return this.#live;
  }

  /** Bytes of all buffers. */
  get reserved(): number {
    if (this.#isDisposed) return 0;
    return this.pool.reserved + this.batch.reserved + this.#readBack.reserved;
  }

  allocate(shape: Shape, dtype: DType): DeviceValue {
    this.assertOpen("make a value");
    const bytes = 4 * sizeOf(shape);
    const most = this.#device.limits.maxBufferSize;
    if (bytes > most) {
      throw new RangeError(
        `Cannot make a value of shape ${
          formatShape(shape)
        } on the GPU: it takes ${bytes} bytes, a buffer of the device at most ${most}`,
      );
    }
    this.#dropUnusable();
    return this.#value(shape, dtype, this.pool.acquire(bytes));
  }

  /**
   * A value in a buffer of the user, who keeps it.
   *
   * @throws {TypeError} if kernels may not read the buffer
   * @throws {RangeError} if it is too small
   */
  adopt(buffer: GPUBuffer, shape: Shape, dtype: DType): DeviceValue {
    this.assertOpen("use a buffer");
    const bytes = 4 * sizeOf(shape);
    if ((buffer.usage & BufferUsage.STORAGE) === 0) {
      throw new TypeError(
        `Cannot use a buffer of usage ${buffer.usage}: GPUBufferUsage.STORAGE is needed`,
      );
    }
    if (buffer.size < bytes) {
      throw new RangeError(
        `Cannot use a buffer of ${buffer.size} bytes for shape ${
          formatShape(shape)
        }: ${bytes} bytes are needed`,
      );
    }
    const { size } = buffer;
    const block = { buffer, size, isAdopted: true, lastBatch: -1 };
    return this.#value(shape, dtype, block);
  }

  holds(value: Value): boolean {
    return this.#held.has(value);
  }

  view(value: GpuValue, shape: Shape): DeviceValue {
    const { dtype, block, users, mirror } = value as DeviceValue;
    users.count += 1;
    const view = this.#value(shape, dtype, block, users);
    view.mirror = mirror;
    return view;
  }

  free(value: GpuValue): void {
    const own = value as DeviceValue;
    if (own.isFreed || this.#isDisposed) return;
    own.isFreed = true;
    this.#held.delete(own);
    own.mirror = undefined;
    own.users.count -= 1;
    if (!own.block.isAdopted && own.users.count === 0) {
      this.#live -= own.bytes;
      this.pool.release(own.block);
      if (this.pool.isFull) {
        this.batch.flush();
        this.pool.trim();
      }
    }
    this.#values -= 1;
    if (this.#values === 0) this.#failures.forget();
  }

  write(value: GpuValue, data: TensorData): void {
    this.assertOpen("write a value");
    const own = value as DeviceValue;
    this.upload(own.block, data);
    const isSmall = data.byteLength <= MIRROR_BYTES;
    own.mirror = isSmall || own.dtype === "int32" ? data.slice() : undefined;
  }

  upload(block: Block, data: TensorData): void {
    this.batch.flushIfUses(block);
    this.#failures.guard("a buffer could not be written", () => {
      const view = data as TensorData & { buffer: ArrayBuffer };
      this.#device.queue.writeBuffer(block.buffer, 0, view);
    });
  }

  async read(value: GpuValue): Promise<Tensor> {
    const { shape, dtype, block, bytes } = value as DeviceValue;
    const action = `read a value of shape ${formatShape(shape)} from the GPU`;
    this.assertOpen(action);
    if (bytes > 0 && (block.buffer.usage & BufferUsage.COPY_SRC) === 0) {
      throw new TypeError(
        `Cannot ${action}: its buffer has usage ${block.buffer.usage}, GPUBufferUsage.COPY_SRC is needed`,
      );
    }
    const slice = { block, offset: 0, size: bytes };
    const data = bytes === 0
      ? new ArrayBuffer(0)
      : await this.#readBack.read(slice, action);
    return {
      shape,
      data: dtype === "int32" ? new Int32Array(data) : new Float32Array(data),
    };
  }

  peek(value: GpuValue): TensorData | undefined {
    return (value as DeviceValue).mirror;
  }

  run(
    program: Program,
    geometry: Geometry,
    bindings: RunBindings<GpuValue>,
  ): void {
    this.assertOpen(`run ${program.name}`);
    const { tensors, outputs } = bindings;
    this.#touch(Object.values(tensors), Object.values(outputs), () => {
      runProgram(this, program, geometry, {
        ...bindings,
        tensors: tensors as Record<string, DeviceValue>,
        outputs: outputs as Record<string, DeviceValue>,
      });
    });
  }

  scatter(move: PlaneMove<GpuValue>): boolean {
    const { indices, planes } = move;
    const known = this.peek(indices) ?? [];
    if (strayIndex(known, planes.target) !== undefined) return false;
    this.#move("scatter", move);
    return true;
  }

  take(move: PlaneMove<GpuValue>): void {
    this.#move("take", move);
  }

  multiply(product: MatrixProduct<GpuValue>): void {
    this.assertOpen("multiply matrices");
    const { a, b, to } = product;
    this.#touch([a.value, b.value], [to], () =>
      runMultiply(this, {
        ...product,
        a: { ...a, value: a.value as DeviceValue },
        b: { ...b, value: b.value as DeviceValue },
        to: to as DeviceValue,
      }));
  }

  copyRows(copy: RowCopy<GpuValue>): void {
    this.assertOpen("copy rows");
    const { from, to } = copy;
    this.#touch([from.value], [to.value], () =>
      runCopyRows(this, {
        ...copy,
        from: { ...from, value: from.value as DeviceValue },
        to: { ...to, value: to.value as DeviceValue },
      }));
  }

  sumPositions(call: PositionSums<GpuValue>): void {
    this.assertOpen("sum positions");
    const [from, to] = [call.from as DeviceValue, call.to as DeviceValue];
    this.#touch(
      [from],
      [to],
      () => runSumPositions(this, { ...call, from, to }),
    );
  }

  eigen({ x, to }: EigenCall<GpuValue>): void {
    this.assertOpen("decompose matrices");
    const values = to.values as DeviceValue;
    const vectors = to.vectors as DeviceValue;
    this.#touch(
      [x],
      [values, vectors],
      () => runEigen(this, x as DeviceValue, { values, vectors }),
    );
  }

  /** Destroys all that it made; what waits for a read is rejected. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#live = 0;
    this.#failures.close();
    this.#readBack.dispose();
    this.batch.dispose();
    this.pool.dispose();
  }

  /** @throws {TypeError} if it is disposed */
  assertOpen(action: string): void {
    if (this.#isDisposed) {
      throw new TypeError(`Cannot ${action}: the GPU backend is disposed`);
    }
  }

  #value(
    shape: Shape,
    dtype: DType,
    block: Block,
    users = { count: 1 },
  ): DeviceValue {
    const value = new DeviceValue(shape, dtype, block, users, () => {
      this.assertOpen("use the buffer of a value");
      this.batch.flush();
    });
    this.#values += 1;
    this.#held.add(value);
    if (!block.isAdopted && users.count === 1) this.#live += value.bytes;
    return value;
  }

  #move(kind: "scatter" | "take", move: PlaneMove<GpuValue>): void {
    this.assertOpen(kind);
    const { from, indices, to } = move;
    this.#touch([from, indices], [to], () =>
      runMove(this, kind, {
        ...move,
        from: from as DeviceValue,
        indices: indices as DeviceValue,
        to: to as DeviceValue,
      }));
  }

  /** Runs commands that read and write values. */
  #touch(
    reads: readonly GpuValue[],
    writes: readonly GpuValue[],
    work: () => void,
  ): void {
    for (const value of writes) (value as DeviceValue).mirror = undefined;
    work();
    // The user may write such a buffer as soon as the call is back.
    const isShared = (value: GpuValue) =>
      (value as DeviceValue).block.isAdopted;
    if (reads.some(isShared)) this.batch.flush();
  }

  /** Destroys spare buffers where an error may have left them unusable. */
  #dropUnusable(): void {
    if (this.#reports === this.#failures.reports) return;
    this.#reports = this.#failures.reports;
    this.batch.flush();
    this.pool.trim(0);
  }
}
