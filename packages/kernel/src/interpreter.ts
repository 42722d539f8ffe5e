import {
  type Backend,
  type DType,
  type Session,
  type SessionOptions,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import {
  type Device,
  type EigenCall,
  forEachIndex,
  type MatrixProduct,
  type PlaneMove,
  type PositionSums,
  type RowCopy,
  type RunBindings,
  strayIndex,
} from "./device.ts";
import type { Geometry } from "./geometry.ts";
import { interpret } from "./interpret.ts";
import { gramEigen } from "./jacobi.ts";
import type { Program } from "./program.ts";
import { DeviceSession } from "./session.ts";

/** A value of the interpreter: numbers in double precision. */
export interface InterpreterValue extends Value {
  /** The numbers, row-major. */
  readonly data: Float64Array;
}

/**
 * The backend that everything is compared to: plain TypeScript in double
 * precision, slow and obvious.
 *
 * @example
 * ```ts
 * import { interpreter, slide, windowKernel } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));
 * using session = interpreter().session({ mode: "train" });
 * const x = session.upload({ shape: [1, 1, 4], data: Float32Array.of(1, 2, 3, 4) });
 * const { y } = session.window(sum, { values: { x } }, slide(x.shape, { kernelSize: [2] }));
 * assertEquals([...(await session.read(y)).data], [3, 7]);
 * ```
 */
export function interpreter(): Backend<InterpreterValue> {
  const device = new InterpreterDevice();
  const backend: Backend<InterpreterValue> = {
    name: "interpreter",
    info: "TypeScript in double precision, one thread",
    session: (options?: SessionOptions): Session<InterpreterValue> =>
      new DeviceSession(backend, device, options),
    memory: () => ({ live: device.live, reserved: device.live }),
    [Symbol.dispose]: () => {},
  };
  return backend;
}

class InterpreterDevice implements Device<InterpreterValue> {
  live = 0;
  readonly #held = new WeakSet<Value>();
  /** How many values share some numbers. */
  readonly #users = new WeakMap<Float64Array, number>();

  allocate(shape: Shape, dtype: DType): InterpreterValue {
    const data = new Float64Array(sizeOf(shape));
    this.#users.set(data, 1);
    this.live += data.byteLength;
    return this.#hold({ shape, dtype, data });
  }

  holds(value: Value): boolean {
    return this.#held.has(value);
  }

  view({ dtype, data }: InterpreterValue, shape: Shape): InterpreterValue {
    this.#users.set(data, this.#users.get(data)! + 1);
    return this.#hold({ shape, dtype, data });
  }

  free(value: InterpreterValue): void {
    const { data } = value;
    this.#held.delete(value);
    const users = this.#users.get(data)! - 1;
    this.#users.set(data, users);
    if (users === 0) this.live -= data.byteLength;
  }

  #hold(value: InterpreterValue): InterpreterValue {
    this.#held.add(value);
    return value;
  }

  write(value: InterpreterValue, data: ArrayLike<number>): void {
    value.data.set(data);
  }

  read({ shape, dtype, data }: InterpreterValue): Promise<Tensor> {
    return Promise.resolve({
      shape,
      data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data),
    });
  }

  peek({ dtype, data }: InterpreterValue): Tensor["data"] {
    return dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data);
  }

  run(
    program: Program,
    geometry: Geometry,
    bindings: RunBindings<InterpreterValue>,
  ): void {
    const tensors = Object.fromEntries(
      Object.entries(bindings.tensors).map(([name, { data }]) => [name, data]),
    );
    const { scalars, stream } = bindings;
    const results = interpret(program, geometry, { tensors, scalars, stream });
    for (const { name } of program.outputs) {
      bindings.outputs[name].data.set(results[name]);
    }
  }

  scatter({ from, indices, to, planes }: PlaneMove<InterpreterValue>): boolean {
    to.data.fill(0);
    forEachIndex(planes, indices.data, (small, large) => {
      to.data[large] = from.data[small];
    });
    return strayIndex(indices.data, planes.target) === undefined;
  }

  take({ from, indices, to, planes }: PlaneMove<InterpreterValue>): void {
    to.data.fill(0);
    forEachIndex(planes, indices.data, (small, large) => {
      to.data[small] = from.data[large];
    });
  }
  multiply({ a, b, to, sizes }: MatrixProduct<InterpreterValue>): void {
    const { batch, groups, rows, inner, columns } = sizes;
    for (let n = 0, at = 0; n < batch; n++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++, at++) {
          let sum = 0;
          for (let g = 0; g < groups; g++) {
            const left = n * a.batch + g * a.group + i * a.across;
            const right = n * b.batch + g * b.group + j * b.across;
            for (let k = 0; k < inner; k++) {
              sum += a.value.data[left + k * a.along] *
                b.value.data[right + k * b.along];
            }
          }
          to.data[at] = sum;
        }
      }
    }
  }
  copyRows({ from, to, rows, length }: RowCopy<InterpreterValue>): void {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < length; i++) {
        to.value.data[to.start + row * to.step + i] =
          from.value.data[from.start + row * from.step + i];
      }
    }
  }

  sumPositions(call: PositionSums<InterpreterValue>): void {
    const { from, to, sums, repeats, planes, channels, layout } = call;
    const place = (at: number, plane: number, channel: number) =>
      layout === "NHWC"
        ? at * channels + channel
        : (Math.floor(at / plane) * channels + channel) * plane + at % plane;
    const rows = sums.offsets.length - 1;
    const read = from.data.length / channels / repeats;
    for (let at = 0; at < repeats * rows; at++) {
      const row = at % rows;
      const first = Math.floor(at / rows) * read;
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let e = sums.offsets[row]; e < sums.offsets[row + 1]; e++) {
          sum += sums.weights[e] *
            from.data[place(first + sums.entries[e], planes.from, channel)];
        }
        to.data[place(at, planes.to, channel)] = sum;
      }
    }
  }
  eigen({ x, to }: EigenCall<InterpreterValue>): void {
    const [batch, rows, columns] = x.shape;
    const rank = Math.min(rows, columns);
    for (let n = 0; n < batch; n++) {
      const size = rows * columns;
      const matrix = x.data.subarray(n * size, (n + 1) * size);
      const { values, vectors } = gramEigen(matrix, rows, columns);
      to.values.data.set(values, n * rank);
      for (let i = 0; i < rows; i++) {
        for (let r = 0; r < rank; r++) {
          const at = (n * rows + i) * rank + r;
          to.vectors.data[at] = vectors[r * rows + i];
        }
      }
    }
  }
}
