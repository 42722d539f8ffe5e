import {
  emitWgsl,
  makeProgram,
  type Program,
  programsOf,
  slide,
  type WindowKernel,
} from "@rockpool/kernel";
import { assert } from "@std/assert";
import { divisors, type FormulaChoice, mean, pooling } from "./formula.ts";

/** The storage buffers that a stage may have on every GPU. */
const FEWEST_BUFFERS = 8;

Deno.test("no kernel binds more buffers than every GPU allows", () => {
  const windows = slide([2, 3, 8, 8], { kernelSize: 3, stride: 2 });
  const check = (program: Program) => {
    const { bindings } = emitWgsl(program, windows);
    const storage = bindings.filter(({ use }) => use !== "call").length;
    assert(storage <= FEWEST_BUFFERS, `${program.name} binds ${storage}`);
  };
  const checkTraining = (kernel: WindowKernel) => {
    const { train, carry, gradients } = programsOf(kernel);
    // What has several outputs may run for some of them at a time.
    for (const { name, outputs } of [train, ...(carry ? [carry] : [])]) {
      for (const output of outputs) {
        check(makeProgram("window", `${name}-${output.name}`, [output]));
      }
    }
    for (const { program } of gradients) check(program);
  };
  checkTraining(mean);
  for (const choice of choices()) {
    check(programsOf(pooling({ ...choice, mode: "infer" })).infer);
    checkTraining(pooling({ ...choice, mode: "train" }));
    const { variant, normalize } = choice;
    if (normalize !== "none") checkTraining(divisors(variant, normalize));
  }
});

function* choices(): Generator<Omit<FormulaChoice, "mode">> {
  for (const variant of ["sym", "asym"] as const) {
    for (const guide of ["lite", "full"] as const) {
      for (const normalize of ["none", "mean", "sum"] as const) {
        for (const parametrization of ["exp", "softplus", "direct"] as const) {
          yield { variant, guide, normalize, parametrization };
        }
      }
    }
  }
}
