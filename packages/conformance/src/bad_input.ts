import type { Backend, OptionRule, Session, Tensor } from "@rockpool/core";
import { badValues } from "./bad_options.ts";
import { hasSlidingWindows } from "./common_windows.ts";
import type { Check, Trial } from "./check.ts";
import { gradOutputFor, uploadAll } from "./evaluate.ts";
import { makeTensor } from "./make_tensor.ts";
import { makeRandom } from "./random.ts";
import { type ConformanceCase, inputsOf, type Subject } from "./subject.ts";

/** Bad input is an error that leaves nothing behind, the same one on every backend. */
export const badInput: Check = {
  name: "refuses bad input",
  hint: "shape() must throw a RangeError or TypeError before any work is done",
  trials: (subject) =>
    [
      ...badOptions(subject),
      ...badTensors(subject),
      ...badSessions(subject),
    ].map((misuse) => trialOf(misuse)),
};

/** Something that must not work, whatever the backend. */
interface Misuse {
  readonly name: string;
  act(backend: Backend): unknown;
}

function trialOf({ name, act }: Misuse): Trial {
  return {
    name,
    async run({ backend, oracle }) {
      const expected = await rejectionOf(() => act(oracle));
      if (!(expected instanceof TypeError || expected instanceof RangeError)) {
        const instead = expected === undefined
          ? "is accepted"
          : `gives ${expected}`;
        return [`${name} ${instead}: a RangeError or TypeError is needed`];
      }
      const live = backend.memory().live;
      const got = await rejectionOf(() => act(backend));
      const faults: string[] = [];
      if (String(got) !== String(expected)) {
        faults.push(`it gives ${got ?? "no error"} instead of ${expected}`);
      }
      if (backend.memory().live !== live) {
        faults.push("it leaves memory behind");
      }
      return faults;
    },
  };
}

/** What a function throws. */
function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
}

/** What a function throws or rejects with. */
async function rejectionOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
}

/** Runs an operator with something wrong in a session of its own. */
function runWith(
  { op }: Subject,
  { options, tensors }: {
    options: ConformanceCase["options"];
    tensors: Readonly<Record<string, Tensor>>;
  },
): Misuse["act"] {
  return (backend) => {
    using session = backend.session({ mode: "train" });
    const inputs = uploadAll(session, tensors);
    const before = backend.memory().live;
    const error = errorOf(() => session.run(op, inputs, { options }));
    const made = backend.memory().live - before;
    if (made !== 0) {
      throw new Error(`${error}, which left ${made} bytes behind`);
    }
    if (error) throw error;
  };
}

function badOptions(subject: Subject): Misuse[] {
  const { op, cases: [{ options }] } = subject;
  const tensors = inputsOf(subject, subject.cases[0]);
  const trial = (name: string, value: unknown): Misuse => ({
    name: `option ${name} ${show(value)}`,
    act: runWith(subject, { options: { ...options, [name]: value }, tensors }),
  });
  const rules = Object.entries<OptionRule>(op.options);
  const misuses = rules
    .flatMap(([name, rule]) => badValues(rule).map((bad) => trial(name, bad)));
  for (const [name, { kind }] of rules) {
    if (kind === "axes" || kind === "sides") {
      misuses.push(trial(name, [1, 1, 1, 1]));
    }
  }
  if (hasSlidingWindows(op)) {
    // More than an input has, more than half a window, more than 32 bits.
    for (const name of ["kernelSize", "padding"]) {
      misuses.push(trial(name, 1000), trial(name, 2 ** 31));
    }
    misuses.push(trial("stride", 2 ** 31), trial("dilation", 2 ** 31));
  }
  const [known] = rules.map(([name]) => name);
  if (known) misuses.push(trial(`${known}s`, 1));
  return misuses;
}

function badTensors(subject: Subject): Misuse[] {
  const { cases: [{ options }] } = subject;
  const good = inputsOf(subject, subject.cases[0]);
  const misuses: Misuse[] = [];
  const add = (name: string, tensors: Record<string, Tensor>) => {
    misuses.push({ name, act: runWith(subject, { options, tensors }) });
  };
  const random = makeRandom(5);
  for (const shape of [[], [4], [1, 1, 1, 1, 1, 1], [1, 0, 4, 4]]) {
    const alike = Object.entries(good).map(([name, { data }]) => [
      name,
      data instanceof Int32Array
        ? {
          shape,
          data: new Int32Array(makeTensor(shape, { random }).data.length),
        }
        : makeTensor(shape, { random }),
    ]);
    add(`inputs of shape [${shape}]`, Object.fromEntries(alike));
  }
  for (const [name, { shape, data }] of Object.entries(good)) {
    const { [name]: _, ...others } = good;
    add(`no input ${name}`, others);
    const other = data instanceof Int32Array
      ? new Float32Array(data.length)
      : new Int32Array(data.length);
    const kind = data instanceof Int32Array ? "float32" : "int32";
    add(`${kind} as input ${name}`, {
      ...good,
      [name]: { shape, data: other },
    });
  }
  add("an input that it does not have", {
    ...good,
    extra: makeTensor([1], { random }),
  });
  return misuses;
}

/** Values and sessions that may not be used, as an operator would use them. */
function badSessions(subject: Subject): Misuse[] {
  const { op, cases: [trial] } = subject;
  const { options } = trial;
  const tensors = inputsOf(subject, trial);
  const upload = (session: Session) => uploadAll(session, tensors);
  const misuse = (
    name: string,
    act: (session: Session, backend: Backend) => unknown,
    mode: "train" | "infer" = "train",
  ): Misuse => ({
    name,
    async act(backend) {
      using session = backend.session({ mode });
      await act(session, backend);
    },
  });
  const run = (session: Session) =>
    session.run(op, upload(session), { options });
  return [
    misuse("values of another session", (session, backend) => {
      using other = backend.session();
      session.run(op, upload(other), { options });
    }),
    misuse("values of a session that ended", (session, backend) => {
      const other = backend.session();
      const inputs = upload(other);
      other[Symbol.dispose]();
      session.run(op, inputs, { options });
    }),
    misuse("a session that ended", (session) => {
      const inputs = upload(session);
      session[Symbol.dispose]();
      session.run(op, inputs, { options });
    }),
    misuse("reading after the session ended", (session) => {
      const { y } = run(session);
      session[Symbol.dispose]();
      return session.read(y);
    }),
    misuse("a gradient in a session that only infers", (session) => {
      const { y } = run(session);
      session.grad(y, session.upload(gradOutputFor(y)), []);
    }, "infer"),
    misuse("a gradient of another shape", (session) => {
      const { y } = run(session);
      const dy = { shape: [...y.shape, 1], data: gradOutputFor(y).data };
      session.grad(y, session.upload(dy), []);
    }),
    misuse("int32 as a gradient", (session) => {
      const { y } = run(session);
      const data = Int32Array.from(gradOutputFor(y).data);
      session.grad(y, session.upload({ shape: y.shape, data }), []);
    }),
    misuse("a weight that it does not have", (session) => {
      const weights = { extra: session.empty([1]) };
      session.run(op, upload(session), { options, weights });
    }),
    misuse("fewer numbers than the shape has", (session) => {
      session.upload({ shape: [3], data: new Float32Array(2) });
    }),
    misuse("more elements than 32-bit indices reach", (session) => {
      session.empty([2 ** 16, 2 ** 16]);
    }),
    misuse("a fractional seed", (_, backend) => {
      using _session = backend.session({ seed: 0.5 });
    }),
  ];
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
