import {
  type AnyPoolingOp,
  equalShapes,
  formatShape,
  type Layout,
  neededInputs,
  type OptionRule,
  type Shape,
  type Tensor,
  validateOptions,
  type Value,
} from "@rockpool/core";
import { type ParsedArguments, UsageError } from "./arguments.ts";
import {
  type Files,
  filesOf,
  type FlagValues,
  inputFiles,
} from "./run_files.ts";
import { flagOfOption, type RunSettings } from "./run_flags.ts";
import { chooseSettings } from "./run_settings.ts";
import {
  checkTensorFile,
  type PictureOptions,
  readTensorFile,
} from "./tensor_file.ts";
import { type Trace, trace, weightSpecs } from "./trace.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** All that `rockpool run` will do. */
export interface RunPlan {
  readonly op: AnyPoolingOp;
  readonly options: object;
  readonly settings: RunSettings;
  readonly inputs: Tensors;
  readonly weights: Tensors;
  /** The gradient of `y`; without it there is no backward pass. */
  readonly gradOutput: Tensor | undefined;
  /** Where to write outputs. */
  readonly outputFiles: Files;
  /** Where to write gradients of inputs and weights. */
  readonly gradientFiles: Files;
  /** How pictures are read and written. */
  readonly pictures: PictureOptions;
  /** What the operator will do. */
  readonly trace: Trace;
}

/**
 * Makes a plan of a command line: reads the files it names and checks all of
 * it, so that nothing is computed in vain.
 *
 * @throws {Error} where anything is wrong
 */
export async function planRun(
  op: AnyPoolingOp,
  { positionals, values }: ParsedArguments,
): Promise<RunPlan> {
  const settings = chooseSettings(values);
  const options = validateOptions<object>(
    op.options,
    await readOptions(op, values),
  );
  const { layout } = options as { layout?: Layout };
  const pictures = { layout };

  const reads = neededInputs(op, options);
  const inputs = await readFiles(
    inputFiles({ name: op.name, inputs: reads }, positionals, values),
    pictures,
  );
  const mode = settings["session-mode"];
  const given = { inputs: valuesOf(inputs), options };
  const specs = weightSpecs(op, given);
  const known = Object.keys(specs);
  const weights = await readFiles(
    filesOf(values, { flag: "weight", known }),
    pictures,
  );
  for (const [name, { shape }] of Object.entries(weights)) {
    checkSame(`The weight ${name}`, shape, specs[name].shape);
  }
  const traced = trace(op, { ...given, mode, weights });

  const outputFiles = filesOf(values, {
    flag: "output",
    known: Object.keys(traced.results),
    bare: "y",
  });
  const gradientFiles = {
    ...filesOf(values, {
      flag: "grad-input",
      known: reads,
      bare: reads[0],
    }),
    ...filesOf(values, { flag: "grad-weight", known }),
  };
  await checkTargets([
    ...targets(outputFiles, traced.results),
    ...targets(gradientFiles, {
      ...valuesOf(inputs),
      ...weightValues(traced),
    }),
  ], pictures);

  const gradOutput = await readGradOutput(values["grad-output"], pictures);
  if (gradOutput) {
    const needed = traced.results.y.shape;
    checkSame("The gradient of y", gradOutput.shape, needed);
  } else if (Object.keys(gradientFiles).length > 0) {
    throw new UsageError(
      "Gradients start from that of y: --grad-output is needed",
    );
  }
  return {
    op,
    options,
    settings,
    inputs,
    weights,
    gradOutput,
    outputFiles,
    gradientFiles,
    pictures,
    trace: traced,
  };
}

/** A file to be written, and what it will hold. */
interface Target {
  readonly path: string;
  readonly kind: Value;
}

async function checkTargets(
  targets: readonly Target[],
  pictures: PictureOptions,
): Promise<void> {
  const paths = new Set<string>();
  for (const { path, kind } of targets) {
    if (paths.has(path)) {
      throw new UsageError(`Cannot write two tensors to ${path}`);
    }
    paths.add(path);
    await checkTensorFile(path, kind, pictures);
  }
}

function targets(
  files: Files,
  kinds: Readonly<Record<string, Value | undefined>>,
): Target[] {
  return Object.entries(files).map(([name, path]) => ({
    path,
    // Only names of tensors that there are get here.
    kind: kinds[name]!,
  }));
}

async function readFiles(
  files: Files,
  pictures: PictureOptions,
): Promise<Tensors> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, path] of Object.entries(files)) {
    tensors[name] = await readTensorFile(path, pictures);
  }
  return tensors;
}

/** The options that are given, with the files read that stand for tensors. */
async function readOptions(
  op: AnyPoolingOp,
  values: FlagValues,
): Promise<object> {
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries<OptionRule>({ ...op.options })) {
    const value = values[flagOfOption(name)];
    if (value === undefined) continue;
    options[name] = rule.kind === "tensor" && typeof value === "string"
      ? await readTensorFile(value)
      : value;
  }
  return options;
}

async function readGradOutput(
  path: unknown,
  pictures: PictureOptions,
): Promise<Tensor | undefined> {
  return path === undefined
    ? undefined
    : await readTensorFile(path as string, pictures);
}

function checkSame(what: string, given: Shape, needed: Shape): void {
  if (equalShapes(given, needed)) return;
  throw new UsageError(
    `${what} has shape ${formatShape(given)}, ${formatShape(needed)} is needed`,
  );
}

/** Tensors without their numbers. */
function valuesOf(tensors: Tensors): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const dtype = data instanceof Int32Array ? "int32" : "float32";
    values[name] = { shape, dtype };
  }
  return values;
}

function weightValues({ weights }: Trace): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const [name, { shape }] of Object.entries(weights)) {
    values[name] = { shape, dtype: "float32" };
  }
  return values;
}
