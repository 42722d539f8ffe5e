import type { DType, Shape, Value } from "@rockpool/core";
import type { Device } from "./device.ts";
import { addValues, type Runtime } from "./runtime.ts";
import { Tape, type TapeEntry } from "./tape.ts";

/**
 * The values of a session: which they are, what of a call is undone where it
 * fails, and which calls are recorded to be walked back.
 */
export class ValueScope<V extends Value> implements Runtime<V>, Disposable {
  /** The calls that are recorded. */
  readonly tape: Tape<V> = new Tape<V>();
  readonly #owned = new Set<V>();
  /** What the call that runs has allocated so far, released values too. */
  #made: V[] | undefined;
  /** Whether the call that runs has a gradient of its own making. */
  #inRoutine = false;
  #ended = false;

  constructor(readonly device: Device<V>, readonly isTraining: boolean) {}

  /** Whether calls are recorded. */
  get records(): boolean {
    return this.isTraining && !this.#inRoutine;
  }

  allocate(shape: Shape, dtype: DType): V {
    return this.#add(this.device.allocate(frozenShape(shape), dtype));
  }

  view(value: V, shape: Shape): V {
    return this.#add(this.device.view(value, frozenShape(shape)));
  }

  add(a: V, b: V): V {
    return addValues(this, a, b);
  }

  release(value: V): void {
    if (this.#owned.delete(value)) this.device.free(value);
  }

  /** Makes a value that was not allocated here one of these. */
  adopt(value: V): V {
    this.assertOpen();
    this.#owned.add(value);
    return value;
  }

  /**
   * The value as one of these.
   *
   * @throws {TypeError} where it is none, or the session has ended
   */
  own(value: Value, action: string): V {
    return this.owns(value) ? value : this.refuse(value, action);
  }

  /** Whether the value is one of these; none is once the session has ended. */
  owns(value: Value): value is V {
    return this.#owned.has(value as V);
  }

  /** @throws {TypeError} since a value is none of these */
  refuse(value: Value, action: string): never {
    this.assertOpen();
    throw new TypeError(
      `Cannot ${action} ${
        value ? "a value that belongs to another session or is freed" : value
      }: a value of this session is needed`,
    );
  }

  /** @throws {TypeError} where the session has ended */
  assertOpen(): void {
    if (this.#ended) {
      throw new TypeError("Cannot use a session that is disposed");
    }
  }

  /** Records a call, where calls are. */
  record(entry: TapeEntry<V> | undefined): void {
    if (entry && this.records) this.tape.record(entry);
  }

  /** Does work of which nothing is left where it throws. */
  orNothing<Result>(work: () => Result): Result {
    if (this.#made) return work();
    const recorded = this.tape.length;
    const made: V[] = this.#made = [];
    try {
      return work();
    } catch (error) {
      for (const value of made) this.release(value);
      this.tape.truncate(recorded);
      throw error;
    } finally {
      this.#made = undefined;
    }
  }

  /** Does work that is not recorded, of which only some values are left. */
  unrecorded<Result>(
    work: () => Result,
    kept: (result: Result) => readonly (Value | undefined)[],
  ): Result {
    const [outer, wasInRoutine] = [this.#made, this.#inRoutine];
    const made: V[] = this.#made = [];
    this.#inRoutine = true;
    let left: readonly (Value | undefined)[] = [];
    try {
      const result = work();
      left = kept(result);
      return result;
    } finally {
      this.#made = outer;
      this.#inRoutine = wasInRoutine;
      for (const value of made) {
        if (left.includes(value)) outer?.push(value);
        else this.release(value);
      }
    }
  }

  /** Frees every value. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.tape.truncate(0);
    // What was allocated last is best freed first.
    for (const value of [...this.#owned].reverse()) this.device.free(value);
    this.#owned.clear();
  }

  #add(value: V): V {
    this.#owned.add(value);
    this.#made?.push(value);
    return value;
  }
}

/** A shape that nobody can change. */
function frozenShape(shape: Shape): Shape {
  return Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
}
