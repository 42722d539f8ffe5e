import { compare } from "@rockpool/conformance";
import type {
  AnyPoolingOp,
  Backend,
  OptionRule,
  Tensor,
  Value,
} from "@rockpool/core";
import { readTensors, type ReferenceCase } from "./cases.ts";
import { translate } from "./translate.ts";

/** What came of one case on one backend. */
export interface CaseResult {
  readonly id: string;
  readonly backend: string;
  readonly status: "passed" | "failed" | "skipped";
  /** The largest absolute difference of all tensors. */
  readonly largest: number;
  /** What is wrong, a line for each tensor. */
  readonly faults: readonly string[];
}

/** Runs a case forward and backward on a backend. */
export async function runCase(
  reference: ReferenceCase,
  backend: Backend,
  folder: URL,
): Promise<CaseResult> {
  const { id } = reference;
  const result = { id, backend: backend.name, largest: 0, faults: [] };
  const translated = await translate(reference);
  if (!translated) return { ...result, status: "skipped" };
  try {
    const got = await evaluate(reference, { ...translated, backend, folder });
    const gradients = Object.entries(reference.gradInputs ?? {})
      .map(([name, file]) => [`gradient of ${name}`, file]);
    const expected = await readTensors(folder, {
      ...reference.outputs,
      ...Object.fromEntries(gradients),
    });
    const compared = Object.entries(expected).map(([name, tensor]) => ({
      name,
      ...compare(got[name], tensor, reference),
    }));
    const faults = compared.filter(({ fault }) => fault)
      .map(({ name, fault }) => `${name}: ${fault}`);
    return {
      ...result,
      status: faults.length > 0 ? "failed" : "passed",
      largest: Math.max(...compared.map(({ largest }) => largest)),
      faults,
    };
  } catch (error) {
    return { ...result, status: "failed", faults: [String(error)] };
  }
}

/** An operator bound to a backend, and where the files are. */
interface Place {
  readonly op: AnyPoolingOp;
  readonly options: object;
  readonly backend: Backend;
  readonly folder: URL;
}

/** All outputs and gradients of a case, by name. */
async function evaluate(
  reference: ReferenceCase,
  { op, options, backend, folder }: Place,
): Promise<Record<string, Tensor>> {
  const mode = reference.gradOutput ? "train" : "infer";
  using session = backend.session({ mode });
  const tensors = await readTensors(folder, reference.inputs);
  const inputs: Record<string, Value> = {};
  const weights: Record<string, Value> = {};
  const given: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    // What places the windows, and what is learned, are inputs there.
    const rule = (op.options as Readonly<Record<string, OptionRule>>)[name];
    if (rule?.kind === "tensor") given[name] = tensor;
    else if (op.inputs.includes(name)) inputs[name] = session.upload(tensor);
    else weights[name] = session.upload(tensor);
  }
  const results = session.run(op, inputs, {
    options: { ...options, ...given },
    weights,
  });
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(results)) {
    if (value) values[name] = value;
  }
  if (reference.gradOutput) {
    const { dy } = await readTensors(folder, { dy: reference.gradOutput });
    const names = Object.keys(reference.gradInputs ?? {});
    const gradients = session.grad(
      results.y,
      session.upload(dy),
      names.map((name) => inputs[name] ?? weights[name]),
    );
    for (const [index, name] of names.entries()) {
      values[`gradient of ${name}`] = gradients[index];
    }
  }
  const read: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(values)) {
    read[name] = await session.read(value);
  }
  return read;
}
