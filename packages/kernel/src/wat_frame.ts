import type { Program } from "./program.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  type Term,
  WatFunction,
} from "./wat_text.ts";

/** A kernel's function, whose arguments are fields of a block of memory. */
export class WatFrame extends WatFunction {
  readonly #fields: string[] = [];
  readonly #vectors = new Set<string>();
  #usesThread = false;

  /** An integer argument; the first use adds it. */
  field(name: string): Term {
    if (!this.#fields.includes(name)) this.#fields.push(name);
    return get(name);
  }

  /** The number of the thread that runs the kernel. */
  get thread(): Term {
    this.#usesThread = true;
    return get("thread");
  }

  /** The address of the memory that the thread has to itself. */
  get buffers(): Term {
    const own = mul(this.thread, this.field("buffers_bytes"));
    return add(this.field("buffers"), own);
  }

  /** A float32 argument, in all four lanes. */
  vectorField(name: string): Term {
    this.#vectors.add(name);
    return this.field(name);
  }

  /**
   * Four lanes of one number. They are arguments too, since engines make a
   * constant anew wherever it stands, in loops as well.
   */
  override constant(value: number): Term {
    const exact = Math.fround(value);
    return exact === 0
      ? super.constant(value)
      : this.vectorField(`constant.${exact}`);
  }

  override integer(value: number): Term {
    return this.vectorField(`integer.${value}`);
  }

  /** The arguments in the order in which the block holds them, 4 bytes each. */
  get fields(): readonly string[] {
    return this.#fields;
  }

  /** The whole function: loads of its arguments, then its lines. */
  frameText(): string {
    const locals: string[] = [];
    const loads: string[] = [];
    for (const [index, name] of this.#fields.entries()) {
      const vector = this.#vectors.has(name);
      const load = vector ? "v128.load32_splat" : "i32.load";
      locals.push(`    (local $${name} ${vector ? "v128" : "i32"})`);
      loads.push(
        `    (local.set $${name} (${load} offset=${
          4 * index
        } (local.get $arguments)))`,
      );
    }
    const parameters = ["arguments", "begin", "end"];
    if (this.#usesThread) parameters.push("thread");
    const text = this.text(
      ['(export "run")', ...parameters.map((name) => `(param $${name} i32)`)]
        .join(" "),
    );
    const [head, ...lines] = text.split("\n");
    const own = lines.findIndex((line) => !line.startsWith("    (local $"));
    return [
      head,
      ...locals,
      ...lines.slice(0, own),
      ...loads,
      ...lines.slice(own),
    ].join("\n");
  }
}

/** The argument that holds the address of a tensor to read. */
export function tensorField(name: string): string {
  return `tensor.${name}`;
}

/** The argument that holds the address of a tensor to write. */
export function resultField(name: string): string {
  return `result.${name}`;
}

/** The argument that holds a number. */
export function scalarField(name: string): string {
  return `scalar.${name}`;
}

/** A frame with the arguments that every schedule needs for a program. */
export function programFrame(program: Program, fused: boolean): WatFrame {
  const frame = new WatFrame(fused);
  for (const { name } of program.tensors) frame.field(tensorField(name));
  for (const { name } of program.outputs) frame.field(resultField(name));
  for (const name of program.scalars) frame.vectorField(scalarField(name));
  if (program.random) {
    frame.field("seed");
    frame.field("stream");
  }
  return frame;
}

/** Four numbers at an address and so many elements further. */
export function load(at: Term, offset = 0): Term {
  // The immediate offset of an instruction is not negative.
  if (offset < 0) return call("v128.load", add(at, 4 * offset));
  return call(
    offset === 0 ? "v128.load" : `v128.load offset=${4 * offset}`,
    at,
  );
}

/** One number at an address, in all lanes. */
export function loadSplat(at: Term): Term {
  return call("v128.load32_splat", at);
}

/** Four numbers, `step` bytes apart, the first at an address. */
export function loadLanes(frame: WatFunction, at: Term, step: Term): Term {
  frame.set("lane_at", "i32", at);
  frame.set("gathered", "v128", call("v128.load32_zero", get("lane_at")));
  for (let lane = 1; lane < 4; lane++) {
    frame.set("lane_at", "i32", add(get("lane_at"), step));
    frame.set(
      "gathered",
      "v128",
      call(`v128.load32_lane ${lane}`, get("lane_at"), get("gathered")),
    );
  }
  return get("gathered");
}

/** Writes some lanes of a vector, `step` bytes apart. */
export function storeLanes(
  frame: WatFunction,
  vector: Term,
  { at, step, lanes = 4 }: { at: Term; step: Term; lanes?: number },
): void {
  frame.set("lane_at", "i32", at);
  for (let lane = 0; lane < lanes; lane++) {
    frame.line(
      call(`v128.store32_lane ${lane}`, get("lane_at"), vector),
    );
    if (lane < lanes - 1) {
      frame.set("lane_at", "i32", add(get("lane_at"), step));
    }
  }
}

/** Writes a vector, or the first of its lanes where fewer are there. */
export function storeSome(
  frame: WatFunction,
  count: Term,
  { at, vector }: { readonly at: Term; readonly vector: Term },
): void {
  const whole = call("i32.ge_s", count, int(4));
  frame.when(whole, () => frame.line(call("v128.store", at, vector)), () => {
    for (let lane = 0; lane < 3; lane++) {
      const store = `v128.store32_lane offset=${4 * lane} ${lane}`;
      frame.when(
        call("i32.gt_s", count, int(lane)),
        () => frame.line(call(store, at, vector)),
      );
    }
  });
}

/** Runs lines for each item `reader` of the output that reads an item, in order. */
export function forEachReader(
  frame: WatFrame,
  item: Term,
  body: (reader: Term) => void,
): void {
  const reader = frame.set("reader", "i32", int(0));
  frame.loop("reader", frame.field("items"), () => {
    const source = add(frame.field("sources"), bytes(reader));
    const reads = call("i32.eq", call("i32.load", source), item);
    frame.when(reads, () => body(reader));
  });
}

/** `max(0, to − from)`. */
export function lengthOf(from: Term, to: Term): Term {
  const length = call("i32.sub", to, from);
  return call("select", length, int(0), call("i32.gt_s", to, from));
}
