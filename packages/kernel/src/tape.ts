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
   * undefined stands for zeros.
   */
  backward(
    gradients: readonly (V | undefined)[],
    wanted: (input: V) => boolean,
  ): Map<V, V>;
}

/** The calls of a session in train mode, in order. */
export class Tape<V extends Value> {
  readonly #entries: TapeEntry<V>[] = [];
  /** What each gradient was computed from. */
  readonly #sources = new WeakMap<V, readonly V[]>();

  /** Adds a call. */
  record(entry: TapeEntry<V>): void {
    this.#entries.push(entry);
  }

  /** Whether a gradient could need a value. */
  holds(value: V): boolean {
    return this.#entries.some(({ inputs, outputs, kept }) =>
      [inputs, outputs, kept].some((values) => values.includes(value))
    );
  }

  /** Notes that a value is a gradient, which is a constant to all calls. */
  recordGradient(gradient: V, sources: readonly V[]): void {
    this.#sources.set(gradient, sources);
  }

  /** Whether a value depends on some of others by way of a gradient. */
  isOfGradient(value: V, of: readonly V[]): boolean {
    const reached = this.#reachedFrom(of);
    const found = new Set<V>();
    const isFound = (x: V): boolean =>
      found.has(x) ||
      !!this.#sources.get(x)?.some((y) => reached.has(y) || isFound(y));
    for (const { inputs, outputs } of this.#entries) {
      if (!inputs.some(isFound)) continue;
      for (const output of outputs) found.add(output);
    }
    return isFound(value);
  }

  /** The number of calls. */
  get length(): number {
    return this.#entries.length;
  }

  /** Forgets all calls but the first ones. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /** The values that some others are part of, these included. */
  #reachedFrom(of: readonly V[]): Set<V> {
    const reached = new Set<V>(of);
    for (const { inputs, outputs } of this.#entries) {
      if (!inputs.some((input) => reached.has(input))) continue;
      for (const output of outputs) reached.add(output);
    }
    return reached;
  }

  /**
   * Walks back from a value and its gradient; gives the gradients of the
   * values in `of` that it depends on, and releases all others.
   */
  walk(
    start: { readonly value: V; readonly gradient: V },
    of: readonly V[],
    work: {
      readonly add: (a: V, b: V) => V;
      readonly release: (gradient: V) => void;
    },
  ): Map<V, V> {
    const reached = this.#reachedFrom(of);
    const made = new Set<V>();
    const gradients = new Map<V, V>([[start.value, start.gradient]]);
    for (const entry of this.#entries.toReversed()) {
      const arriving = entry.outputs.map((output) => gradients.get(output));
      const onTheWay = entry.outputs.some((output) => reached.has(output));
      if (!onTheWay || arriving.every((gradient) => !gradient)) continue;
      const shares = entry.backward(arriving, (input) => reached.has(input));
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
