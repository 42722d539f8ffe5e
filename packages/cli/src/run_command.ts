import { type FlagSpec, parseArguments } from "./arguments.ts";
import type { Command, Streams } from "./command.ts";
import { execute } from "./execute.ts";
import { describeFlags } from "./help.ts";
import { describeOperator } from "./info_command.ts";
import { openChosenBackend } from "./open_backend.ts";
import { formulaFlag, takeFormula } from "./formula_operator.ts";
import { chosenOperator } from "./operators.ts";
import { pluginFlag } from "./plugins.ts";
import { planRun, type RunPlan, type Tensors } from "./plan.ts";
import { kernelTexts } from "./print_kernels.ts";
import { startProgress } from "./progress.ts";
import { jsonReport, textReport } from "./report.ts";
import type { Files } from "./run_files.ts";
import {
  fileFlags,
  givenNamedFlags,
  namedFileFlags,
  optionFlags,
  settingRules,
} from "./run_flags.ts";
import { writeTensorFile } from "./tensor_file.ts";
import { asUsage } from "./usage.ts";

/** `rockpool run soft photo.png --kernelSize 3 -o out.png`. */
export const run: Command = {
  usage: "run <operator> <file…> [flags]",
  summary: "runs an operator on PNG, JPEG or .npy files",
  async run(args, streams) {
    const { op, rest } = await chosenOperator(args, "run");
    const flags = {
      ...optionFlags(op.options as FlagSpec),
      ...settingRules,
      ...fileFlags,
      ...givenNamedFlags(rest),
    };
    const plan = await asUsage(
      () => planRun(op, parseArguments(rest, flags)),
      // A file that cannot be opened is the user's to correct, too.
      [Error],
    );
    const language = plan.settings["print-kernel"];
    if (language !== "none") {
      streams.out(kernelTexts(plan, language).join("\n\n"));
      if (fileCount(plan) === 0) return;
    }
    await runPlan(plan, streams);
  },
  async help(args) {
    const settings = [
      "Files hold the inputs in their order; a picture is 1×3×height×width, 0 to 1",
      describeFlags({
        ...formulaFlag,
        ...pluginFlag,
        ...fileFlags,
        ...namedFileFlags,
        ...settingRules,
      }),
    ].join("\n");
    const [first = "-"] = args;
    if (first.startsWith("-") && !takeFormula(args)) return settings;
    const { op } = await chosenOperator(args, "run");
    return `${settings}\n\n${describeOperator(op)}`;
  },
};

async function runPlan(plan: RunPlan, { out }: Streams): Promise<void> {
  using backend = await openChosenBackend(plan.settings);
  using progress = startProgress(
    plan.op.name,
    plan.settings.runs + fileCount(plan),
  );
  const onRun = () => progress.advance();
  const outcome = await execute(plan, { backend, onRun });
  const write = async (files: Files, tensors: Tensors) => {
    for (const [name, path] of Object.entries(files)) {
      await writeTensorFile(path, tensors[name], plan.pictures);
      progress.advance();
    }
  };
  await write(plan.outputFiles, outcome.outputs);
  await write(plan.gradientFiles, outcome.gradients);
  const report = plan.settings.json ? jsonReport : textReport;
  out(report(plan, outcome, backend));
}

function fileCount({ outputFiles, gradientFiles }: RunPlan): number {
  return Object.keys(outputFiles).length + Object.keys(gradientFiles).length;
}
