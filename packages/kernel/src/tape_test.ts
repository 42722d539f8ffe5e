import { assert, assertEquals } from "@std/assert";
import type { Value } from "@rockpool/core";
import { Tape, type TapeEntry } from "./tape.ts";

/** A value that is one number. */
interface Number1 extends Value {
  readonly number: number;
}

const value = (number: number): Number1 => ({
  shape: [],
  dtype: "float32",
  number,
});

/** An entry whose gradients are those of its outputs times a factor. */
function times(
  factor: number,
  inputs: Number1[],
  outputs: Number1[],
  log: number[] = [],
): TapeEntry<Number1> {
  return {
    kept: [],
    inputs,
    outputs,
    backward(gradients, wanted) {
      log.push(factor);
      const sum = gradients.reduce((n, g) => n + (g?.number ?? 0), 0);
      return new Map(
        inputs.filter(wanted).map((input) => [input, value(sum * factor)]),
      );
    },
  };
}

function gradientsOf(
  tape: Tape<Number1>,
  y: Number1,
  of: Number1[],
): (number | undefined)[] {
  const released = new Set<Number1>();
  const found = tape.walk(
    { value: y, gradient: value(1) },
    of,
    {
      add: (a, b) => value(a.number + b.number),
      release: (gradient) => released.add(gradient),
    },
  );
  for (const gradient of found.values()) {
    assert(!released.has(gradient), "a wanted gradient is kept");
  }
  return of.map((x) => found.get(x)?.number);
}

Deno.test("a tape multiplies along a chain", () => {
  const [x, y, z] = [value(0), value(0), value(0)];
  const tape = new Tape<Number1>();
  tape.record(times(2, [x], [y]));
  tape.record(times(5, [y], [z]));
  assertEquals(gradientsOf(tape, z, [x, y]), [10, 5]);
});

Deno.test("a tape adds what arrives on several ways", () => {
  const [x, a, b, y] = [value(0), value(0), value(0), value(0)];
  const tape = new Tape<Number1>();
  tape.record(times(2, [x], [a]));
  tape.record(times(3, [x], [b]));
  tape.record(times(1, [a, b], [y]));
  assertEquals(gradientsOf(tape, y, [x]), [5]);
});

Deno.test("a value that another does not depend on has no gradient", () => {
  const [x, unused, y] = [value(0), value(0), value(0)];
  const tape = new Tape<Number1>();
  tape.record(times(2, [x], [y]));
  assertEquals(gradientsOf(tape, y, [unused]), [undefined]);
});

Deno.test("a tape walks only what leads to the wanted values", () => {
  const log: number[] = [];
  const [x, z, a, b, y, later] = Array.from({ length: 6 }, () => value(0));
  const tape = new Tape<Number1>();
  tape.record(times(2, [x], [a], log));
  tape.record(times(3, [z], [b], log));
  tape.record(times(5, [a, b], [y], log));
  tape.record(times(7, [y], [later], log));
  assertEquals(gradientsOf(tape, y, [x]), [10]);
  assertEquals(log, [5, 2]);
});

Deno.test("the gradient of a value by itself is what arrives at it", () => {
  const y = value(0);
  assertEquals(gradientsOf(new Tape<Number1>(), y, [y]), [1]);
});

Deno.test("a cleared tape leads nowhere", () => {
  const [x, y] = [value(0), value(0)];
  const tape = new Tape<Number1>();
  tape.record(times(2, [x], [y]));
  tape.truncate(0);
  assertEquals(gradientsOf(tape, y, [x]), [undefined]);
});
