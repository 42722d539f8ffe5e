import { type FlagSpec, parseArguments, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describeFlags } from "./help.ts";
import { CATEGORIES, pluginCategory, writeNewFolder } from "./new_plugin.ts";
import { pluginFiles } from "./plugin_template.ts";
import { asUsage } from "./usage.ts";

const flags: FlagSpec = {
  category: {
    kind: "choice",
    choices: CATEGORIES,
    default: "generic",
    help: "where in the literature the operator stands",
  },
  scope: {
    kind: "text",
    help: "the scope of the package's name, `me` of `@me/my-pool`",
  },
};

/** `rockpool new my-pool`: a package to start an operator from. */
export const newPackage: Command = {
  usage: "new <name> [flags]",
  summary: "a package with a pooling operator of your own",
  async run(args, { out }) {
    const { positionals: [name, ...rest], values } = parseArguments(
      args,
      flags,
    );
    if (name === undefined || rest.length > 0) {
      throw new UsageError(
        name === undefined
          ? 'The name of the operator is missing after "new": my-pool, say'
          : `"new ${name}" is followed by "${rest[0]}", nothing more is needed`,
      );
    }
    const { category = "generic", scope = "my-scope" } = values as {
      category?: string;
      scope?: string;
    };
    await asUsage(() => {
      if (!/^[a-z][a-z0-9-]+$/.test(scope)) {
        throw new RangeError(
          `Cannot use the scope "${scope}": lower-case letters, digits and hyphens are needed`,
        );
      }
      const files = pluginFiles({
        name,
        scope,
        category: pluginCategory(category),
        standsAlone: true,
      });
      return writeNewFolder(name, files);
    });
    out(`Made ${name}: mod.ts has the operator, README.md places to fill in

  cd ${name}
  deno task test    # on the CPU, the GPU and the interpreter
  deno task bench   # beside a plain loop
  deno task ok      # format, lint, types, publishing`);
  },
  help: () => Promise.resolve(describeFlags(flags)),
};
