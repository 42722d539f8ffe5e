import type { Value } from "@rockpool/core";

/** A call that can be walked back. */
export interface TapeEntry<V extends Value> {
  /** What the call read and can have a gradient. */
  readonly inputs: readonly V[];
  /** What it gave and can bring a gradient. */
  readonly outputs: readonly V[];
  /** What else walking back reads. */
  readonly kept: readonly V[];
  /**
   * The gradients of the wanted inputs, for gradients of the outputs;
   * undefined stands for zeros. A call that gave gradients has none.
   */
  backward?(
    gradients: readonly (V | undefined)[],
    wanted: (input: V) => boolean,
  ): Map<V, V>;
}

/** The calls of a session in train mode, in order. */
export class Tape<V extends Value> {
  readonly #entries: TapeEntry<V>[] = [];

  /** Adds a call. */
  record(entry: TapeEntry<V>): void {
    this.#entries.push(entry);
  }

  /** Whether a gradient could need a value. */
  holds(value: V): boolean {
    return this.#entries.some(({ inputs, outputs, kept, backward }) =>
      backward &&
      [inputs, outputs, kept].some((values) => values.includes(value))
    );
  }

  /** The number of calls. */
  get length(): number {
    return this.#entries.length;
  }

  /** Forgets all calls but the first ones. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /**
   * Walks back from a value and its gradient; gives the gradients of the
   * values in `of` that it depends on, and releases all others.
   *
   * @throws {TypeError} before any work where a gradient is on the way
   */
  walk(
    start: { readonly value: V; readonly gradient: V },
    of: readonly V[],
    work: {
      readonly add: (a: V, b: V) => V;
      readonly release: (gradient: V) => void;
    },
  ): Map<V, V> {
    const reached = new Set<V>(of);
    const needed = new Set<V>([start.value]);
    const way = this.#entries.filter(({ inputs, outputs }) => {
      const isReached = inputs.some((input) => reached.has(input));
      if (isReached) { for (const output of outputs) reached.add(output); }
      return isReached;
    }).reverse().filter(({ inputs, outputs, backward }) => {
      if (!outputs.some((output) => needed.has(output))) return false;
      for (const input of inputs) needed.add(input);
      if (backward) return true;
      throw new TypeError(
        "Cannot differentiate a gradient: there are no gradients of gradients, one that is read and uploaded is a constant",
      );
    });
    const made = new Set<V>();
    const gradients = new Map<V, V>([[start.value, start.gradient]]);
    for (const entry of way) {
      const arriving = entry.outputs.map((output) => gradients.get(output));
      if (arriving.every((gradient) => !gradient)) continue;
      const shares = entry.backward!(arriving, (input) => reached.has(input));
      for (const [input, share] of shares) {
        const before = gradients.get(input);
        const sum = before ? work.add(before, share) : share;
        made.add(share).add(sum);
        gradients.set(input, sum);
      }
    }
    const wanted = new Map<V, V>();
    for (const value of of) {
      const gradient = gradients.get(value);
      if (!gradient) continue;
      wanted.set(value, gradient);
      made.delete(gradient);
    }
    for (const gradient of made) work.release(gradient);
    return wanted;
  }
}
