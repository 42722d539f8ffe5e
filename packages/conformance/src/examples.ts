import {
  type Backend,
  type GivenOptions,
  initialWeight,
  type PoolingOp,
  type Shapes,
  type Tensor,
  validateOptions,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import { backendTests } from "./backend_tests.ts";
import { compare, type Tolerance } from "./compare.ts";
import { uploadAll } from "./evaluate.ts";
import type { TestBackend } from "./test_backend.ts";

/** What an operator gives for known inputs. */
export interface Example<
  Options extends object,
  Inputs extends string,
  Weights extends string = never,
> {
  /** What the example shows. */
  readonly name: string;
  /** The operator's options; defaults fill what is left out. */
  readonly options: GivenOptions<Options>;
  /** The inputs by name. */
  readonly inputs: Readonly<Record<Inputs, Tensor>>;
  /** Weights by name; the others have their initial values. */
  readonly weights?: Readonly<Partial<Record<Weights, Tensor>>>;
  /** The outputs that are compared. */
  readonly outputs?: Readonly<Record<string, Tensor>>;
  /** What arrives at `y` for the gradients; ones by default. */
  readonly gradOutput?: Tensor;
  /** The gradients that are compared, by the names of inputs and weights. */
  readonly gradients?: Readonly<Record<string, Tensor>>;
}

/**
 * Registers a test of each worked example on the interpreter and on every
 * backend.
 */
export function checkExamples<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  examples: readonly Example<Options, Inputs, Weights>[],
  { backends, tolerance }: {
    readonly backends?: readonly TestBackend[];
    /** By default a millionth of what is expected, and a ten-millionth. */
    readonly tolerance?: Tolerance;
  } = {},
): void {
  const within = tolerance ?? { rtol: 1e-6, atol: 1e-7 };
  backendTests(op.name, backends)(
    "gives worked examples",
    async (backend, test) => {
      for (const example of examples) {
        await test.step(example.name, async () => {
          const got = await run(op, example, backend);
          const expected = { ...example.outputs, ...gradientsOf(example) };
          for (const [tensor, want] of Object.entries(expected)) {
            const { fault } = compare(got[tensor], want, within);
            if (fault !== undefined) throw new Error(`${tensor}: ${fault}`);
          }
        });
      }
    },
  );
}

const gradientName = (variable: string) => `gradient of ${variable}`;

function gradientsOf(
  { gradients = {} }: Pick<Example<object, string>, "gradients">,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(gradients)
      .map(([input, tensor]) => [gradientName(input), tensor]),
  );
}

async function run<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  example: Example<Options, Inputs, Weights>,
  backend: Backend,
): Promise<Record<string, Tensor>> {
  const { options, gradOutput, gradients = {} } = example;
  using session = backend.session({ mode: "train" });
  const inputs: Record<Inputs, Value> = uploadAll(session, example.inputs);
  const weights: Record<Weights, Value> = uploadAll(session, {
    ...initialWeights(op, example),
    ...example.weights,
  });
  const results = session.run(op, inputs, { options, weights });
  const values: Record<string, Value | undefined> = { ...results };
  const names = Object.keys(gradients);
  if (names.length > 0) {
    const dy = session.upload(gradOutput ?? onesLike(results.y));
    const variables: Record<string, Value> = { ...inputs, ...weights };
    const of = names.map((name) => variables[name]);
    for (const [index, gradient] of session.grad(results.y, dy, of).entries()) {
      values[gradientName(names[index])] = gradient;
    }
  }
  const reads = Object.entries(values).flatMap(([name, value]) =>
    value ? [session.read(value).then((tensor) => [name, tensor] as const)] : []
  );
  return Object.fromEntries(await Promise.all(reads));
}

/** The weights of an operator as they are before training. */
function initialWeights<
  Options extends object,
  Inputs extends string,
  Weights extends string,
  Outputs extends string,
>(
  op: PoolingOp<Options, Inputs, Weights, Outputs>,
  { options, inputs }: Example<Options, Inputs, Weights>,
): Record<string, Tensor> {
  const shapes = Object.fromEntries(
    Object.entries<Tensor>(inputs).map(([name, { shape }]) => [name, shape]),
  ) as Shapes<Inputs>;
  const specs: Readonly<Record<string, WeightSpec>> =
    op.weights?.(shapes, validateOptions(op.options, options)) ?? {};
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, initialWeight(spec)]),
  );
}

function onesLike({ shape }: Value): Tensor {
  const size = shape.reduce((n, length) => n * length, 1);
  return { shape, data: new Float32Array(size).fill(1) };
}
