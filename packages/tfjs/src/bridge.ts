import {
  type Backend,
  type Session,
  type SessionOptions,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import * as tf from "@tensorflow/tfjs-core";

/** A session whose values come from tensors of TensorFlow.js, and go back. */
export interface BridgedSession extends Disposable {
  /** The session. */
  readonly session: Session;
  /** The numbers of a tensor as a value of the session. */
  toValue(tensor: tf.Tensor): Value;
  /** A value as a tensor, which outlives the session. */
  toTensor(value: Value): tf.Tensor;
}

/**
 * Opens a session beside the backend of TensorFlow.js that is active.
 *
 * @throws {TypeError} where a GPU's session cannot share its device
 */
export function bridge(
  backend: Backend,
  options: SessionOptions,
): BridgedSession {
  return isOnDevice(backend)
    ? deviceBridge(backend, options)
    : hostBridge(backend, options);
}

/** Tensors through host memory: one copy in, one copy out. */
function hostBridge(
  backend: Backend,
  options: SessionOptions,
): BridgedSession {
  const session = backend.session(options);
  return {
    session,
    toValue: (tensor) =>
      session.upload({ shape: tensor.shape, data: numbersOf(tensor) }),
    toTensor(value) {
      const view = session.peek(value);
      if (view) return makeTensor(value.shape, view);
      throw new TypeError(
        `Cannot read what backend ${backend.name} has computed at once: one with a GPUDevice, or on the CPU, is needed`,
      );
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

/** What the WebAssembly backend of TensorFlow.js has besides. */
interface HeapBackend extends tf.KernelBackend {
  makeOutput(shape: Shape, dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
}

function hasHeap(
  backend: tf.KernelBackend | undefined,
): backend is HeapBackend {
  return backend !== undefined && "typedArrayFromHeap" in backend &&
    "makeOutput" in backend;
}

/** The numbers of a tensor, where they lie if that can be, to be read at once. */
export function numbersOf(tensor: tf.Tensor): Float32Array | Int32Array {
  const { dtype } = tensor;
  if (dtype !== "float32" && dtype !== "int32") {
    throw new TypeError(
      `Cannot pool a tensor of ${dtype}: float32 or int32 is needed`,
    );
  }
  const home = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  if (hasHeap(home) && tensor.size > 0) return home.typedArrayFromHeap(tensor);
  return tensor.dataSync<"float32" | "int32">();
}

/** A tensor of the active backend with a copy of these numbers. */
function makeTensor(
  shape: Shape,
  view: Float32Array | Int32Array,
): tf.Tensor {
  const dtype = view instanceof Int32Array ? "int32" : "float32";
  const backend = tf.backend();
  if (!hasHeap(backend) || view.length === 0) {
    return tf.tensor(view.slice(), [...shape], dtype);
  }
  const made = backend.makeOutput([...shape], dtype);
  backend.typedArrayFromHeap(made).set(view);
  return tf.engine().makeTensorFromTensorInfo(made);
}

/** A Rockpool backend on a device: what `@rockpool/gpu` opens. */
interface DeviceBackend extends Backend {
  readonly device: GPUDevice;
  session(options?: SessionOptions): DeviceSession;
}

interface DeviceSession extends Session {
  fromBuffer(buffer: GPUBuffer, shape: Shape, dtype?: "int32"): Value;
}

/** What the WebGPU backend of TensorFlow.js has besides. */
interface TfDeviceBackend extends tf.KernelBackend {
  readonly device: GPUDevice;
  uploadToGPU(dataId: object): void;
  createTensorFromGPUData(
    data: { readonly buffer: GPUBuffer },
    shape: number[],
    dtype: tf.DataType,
  ): tf.Tensor;
}

function isOnDevice(backend: Backend): backend is DeviceBackend {
  return "device" in backend;
}

/** Tensors and values of one device: copies there, none through the host. */
function deviceBridge(
  backend: DeviceBackend,
  options: SessionOptions,
): BridgedSession {
  const active = tf.backend() as TfDeviceBackend;
  if (active.device !== backend.device) {
    throw new TypeError(
      `Cannot run on the GPU backend of Rockpool: TensorFlow.js runs on "${tf.getBackend()}"${
        active.device ? " with another device" : ""
      }, its WebGPU backend with the same device is needed`,
    );
  }
  const session = backend.session(options);
  const copies: tf.Tensor[] = [];
  return {
    session,
    toValue(tensor) {
      const { shape, dtype } = tensor;
      if (dtype !== "float32" && dtype !== "int32") {
        throw new TypeError(
          `Cannot pool a tensor of ${dtype}: float32 or int32 is needed`,
        );
      }
      if (tensor.size === 0) return session.empty(shape);
      // Small tensors may not have been sent to the device yet.
      active.uploadToGPU(tensor.dataId);
      const { buffer, tensorRef } = tensor.dataToGPU();
      copies.push(tensorRef);
      return dtype === "int32"
        ? session.fromBuffer(buffer as GPUBuffer, shape, dtype)
        : session.fromBuffer(buffer as GPUBuffer, shape);
    },
    toTensor(value) {
      if (sizeOf(value.shape) === 0) return tf.zeros([...value.shape]);
      // Reading the property asks the device for all that the value needs.
      const { buffer } = value as Value & { readonly buffer: GPUBuffer };
      return tensorOfBuffer(active, buffer, value);
    },
    [Symbol.dispose]() {
      session[Symbol.dispose]();
      for (const copy of copies) copy.dispose();
    },
  };
}

/** A copy of what a value's buffer begins with, as a tensor. */
function tensorOfBuffer(
  active: TfDeviceBackend,
  buffer: GPUBuffer,
  { shape, dtype }: Value,
): tf.Tensor {
  // Its copy is submitted before this returns: the session's buffer may be used
  // anew once it has ended. `tf.tensor` would want a buffer of the global class
  // GPUBuffer, which those of Dawn are not.
  const copy = (shape: number[]) =>
    active.createTensorFromGPUData({ buffer }, shape, dtype);
  const size = sizeOf(shape);
  if (buffer.size === 4 * size) return copy([...shape]);
  // TensorFlow.js would read a longer buffer to its end.
  return tf.tidy(() => {
    const all = copy([buffer.size / 4]);
    return tf.reshape(tf.slice(all, [0], [size]), [...shape]);
  });
}
