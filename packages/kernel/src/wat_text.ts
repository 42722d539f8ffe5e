/** The WebAssembly types that kernels use. */
export type WatType = "i32" | "f32" | "f64" | "v128";

/** A term of WebAssembly text, such as `(i32.add (local.get $a) (i32.const 1))`. */
export type Term = string;

/** An integer constant. */
export function int(value: number): Term {
  return `(i32.const ${value})`;
}

/** A local variable's value. */
export function get(name: string): Term {
  return `(local.get $${name})`;
}

/** An instruction applied to terms. */
export function call(instruction: string, ...terms: Term[]): Term {
  return `(${[instruction, ...terms].join(" ")})`;
}

const constantOf = (term: Term): number | undefined => {
  const match = /^\(i32\.const (-?\d+)\)$/.exec(term);
  return match ? Number(match[1]) : undefined;
};

/** The sum of integers. */
export function add(a: Term, b: Term | number): Term {
  const right = typeof b === "number" ? int(b) : b;
  if (constantOf(right) === 0) return a;
  if (constantOf(a) === 0) return right;
  return call("i32.add", a, right);
}

/** The difference of integers. */
export function sub(a: Term, b: Term | number): Term {
  const right = typeof b === "number" ? int(b) : b;
  return constantOf(right) === 0 ? a : call("i32.sub", a, right);
}

/** The product of integers. */
export function mul(a: Term, b: Term | number): Term {
  const right = typeof b === "number" ? int(b) : b;
  if (constantOf(right) === 1 || constantOf(a) === 0) return a;
  if (constantOf(a) === 1 || constantOf(right) === 0) return right;
  return call("i32.mul", a, right);
}

/** An index of 4-byte elements as bytes. */
export function bytes(index: Term): Term {
  return call("i32.shl", index, int(2));
}

/** The smaller of two integers, as a term; both are evaluated twice. */
export function smaller(a: Term, b: Term): Term {
  return call("select", a, b, call("i32.lt_s", a, b));
}

/** The greater of two integers, as a term; both are evaluated twice. */
export function greater(a: Term, b: Term): Term {
  return call("select", a, b, call("i32.gt_s", a, b));
}

/** Whether all of some conditions hold; each is 1 or 0. */
export function all(conditions: readonly Term[]): Term {
  return conditions.reduce((a, b) => call("i32.and", a, b));
}

/** The index in memory of an element, by its place along three axes. */
export function rowMajor(
  [depth, height, width]: readonly Term[],
  [rows, columns]: readonly (Term | number)[],
): Term {
  return add(mul(add(mul(depth, rows), height), columns), width);
}

/** A float32 constant; WebAssembly text has its own words for what is no number. */
export function float(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(Math.fround(value));
}

/** Four lanes of one float32 constant. */
export function floats(value: number): Term {
  return `(v128.const f32x4 ${Array(4).fill(float(value)).join(" ")})`;
}

/** Four lanes of integer constants. */
export function ints(...lanes: [number, number, number, number]): Term {
  return `(v128.const i32x4 ${lanes.join(" ")})`;
}

/** An integer constant in all lanes. */
export function splatInt(value: number): Term {
  return ints(value, value, value, value);
}

/** An integer as a float in all lanes. */
export function splatFloat(value: Term): Term {
  const constant = constantOf(value);
  return constant === undefined
    ? call("f32x4.splat", call("f32.convert_i32_s", value))
    : floats(constant);
}

/** A function body under construction: lines, and the locals they use. */
export class WatFunction {
  #lines: string[] = [];
  /** What ends the names of locals of one of several streams. */
  #mark = "";
  readonly #locals = new Map<string, WatType>();
  #depth = 2;
  #labels = 0;

  /** @param fused whether a product that is added need not be rounded first */
  constructor(readonly fused: boolean = false) {}

  /** Adds a line. */
  line(text: string): void {
    this.#lines.push("  ".repeat(this.#depth) + text);
  }

  /** Four lanes of one number, as this function best gets them. */
  constant(value: number): Term {
    return floats(value);
  }

  /** Four lanes of one integer, likewise. */
  integer(value: number): Term {
    return splatInt(value);
  }

  /** `a · b + c` in four lanes. */
  multiplyAdd(a: Term, b: Term, c: Term): Term {
    return this.fused
      ? call("f32x4.relaxed_madd", a, b, c)
      : call("f32x4.add", call("f32x4.mul", a, b), c);
  }

  /** Gives a local a value; the first use declares it. */
  set(name: string, type: WatType, value: Term): Term {
    const known = this.#locals.get(name);
    if (known !== undefined && known !== type) {
      throw new TypeError(
        `Cannot use local ${name} as ${type}: it is declared as ${known}`,
      );
    }
    this.#locals.set(name, type);
    this.line(`(local.set $${name} ${value})`);
    return get(name);
  }

  /** Four lanes in a local that each of several streams has to itself. */
  keep(name: string, value: Term): Term {
    return this.set(name + this.#mark, "v128", value);
  }

  /**
   * Adds the lines of streams in turn: first all first lines, and so on.
   * They do not wait for each other, and a processor that looks some hundred
   * instructions ahead sees many streams. Lines in the same place of their
   * streams may add to the same local.
   */
  weave(count: number, body: (index: number) => void): void {
    const before = this.#lines;
    const streams = Array.from({ length: count }, (_, index) => {
      this.#lines = [];
      this.#mark = index > 0 ? `~${index}` : "";
      body(index);
      return this.#lines;
    });
    this.#lines = before;
    this.#mark = "";
    const longest = Math.max(...streams.map(({ length }) => length));
    for (let at = 0; at < longest; at++) {
      before.push(...streams.flatMap((lines) => lines[at] ?? []));
    }
  }

  /** Adds lines one level deeper between an opening and a closing line. */
  nest(open: string, body: () => void, close = ")"): void {
    this.line(open);
    this.#depth += 1;
    body();
    this.#depth -= 1;
    this.line(close);
  }

  /** Lines that run where a condition holds, and others where not. */
  when(condition: Term, yes: () => void, no?: () => void): void {
    this.nest(`(if ${condition}`, () => {
      this.nest("(then", yes);
      if (no) this.nest("(else", no);
    });
  }

  /** Lines that may leave for a label, and what is done instead where they do. */
  orElse(
    label: string,
    lines: () => void,
    instead: () => void,
    done = "$done",
  ): void {
    this.nest(`(block ${done}`, () => {
      this.nest(`(block ${label}`, () => {
        lines();
        this.line(`(br ${done})`);
      });
      instead();
    });
  }

  /** Leaves for a label unless a condition holds. */
  leaveUnless(label: string, condition: Term): void {
    this.line(`(br_if ${label} ${call("i32.eqz", condition)})`);
  }

  /** Lines that are left out where a condition holds. */
  unless(condition: Term, body: () => void): void {
    this.when(call("i32.eqz", condition), body);
  }

  /** Runs lines for a local from its value up to an end, in steps. */
  loop(
    counter: string,
    end: Term,
    body: () => void,
    step: Term | number = 1,
  ): void {
    const label = `$${counter}_${this.#labels++}`;
    this.nest(`(block ${label}_end`, () => {
      this.nest(`(loop ${label}`, () => {
        this.line(
          `(br_if ${label}_end ${call("i32.ge_s", get(counter), end)})`,
        );
        body();
        this.set(counter, "i32", add(get(counter), step));
        this.line(`(br ${label})`);
      });
    });
  }

  /** Runs lines for the columns from `column` to a last one, four at a time. */
  alongRow(last: Term, body: () => void): void {
    this.nest("(loop $along", () => {
      body();
      const next = this.set("column", "i32", add(get("column"), 4));
      this.line(`(br_if $along ${call("i32.le_s", next, last)})`);
    });
    this.set("column", "i32", sub(get("column"), 4));
  }

  /** Runs lines as long as a condition holds. */
  repeat(condition: Term, body: () => void): void {
    const label = `$repeat_${this.#labels++}`;
    this.nest(`(loop ${label}`, () => {
      this.when(condition, () => {
        body();
        this.line(`(br ${label})`);
      });
    });
  }

  /** The function's text: its head, its locals, its lines. */
  text(head: string): string {
    const locals = [...this.#locals].map(([name, type]) =>
      `    (local $${name} ${type})`
    );
    return [`  (func ${head}`, ...locals, ...this.#lines, "  )"].join("\n");
  }
}
