import type { Category } from "@rockpool/core";

/** The names that the parts of a new plugin have. */
export interface PluginNames {
  /** In registries and folders: `my-pool`. */
  readonly name: string;
  /** Of the operator in the code: `myPool`. */
  readonly identifier: string;
  /** Of its types in the code: `MyPool`. */
  readonly type: string;
  /** For people: `My pool`. */
  readonly title: string;
}

/** Where operators stand: the folders below `plugins/` in the repository. */
export const CATEGORIES: readonly Category[] = [
  "generic",
  "learnable",
  "downstream",
];

/** Words that the code of a new plugin has a meaning for. */
const TAKEN = new Set([
  ..."await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield"
    .split(" "),
  ..."arguments conform eval kernel slide undefined".split(" "),
]);

/**
 * The names of a plugin's parts.
 *
 * @throws {RangeError} if `name` is not lower-case words joined by hyphens
 */
export function pluginNames(name: string): PluginNames {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new RangeError(
      `Cannot name a plugin "${name}": lower-case words joined by hyphens are needed, such as my-pool`,
    );
  }
  const words = name.split("-");
  const type = words.map(capital).join("");
  const own = type[0].toLowerCase() + type.slice(1);
  return {
    name,
    identifier: TAKEN.has(own) ? `${own}Pool` : own,
    type,
    title: capital(words.join(" ")),
  };
}

/**
 * The category of that name.
 *
 * @throws {RangeError} if there is none
 */
export function pluginCategory(name: string): Category {
  const category = CATEGORIES.find((it) => it === name);
  if (category) return category;
  throw new RangeError(
    `There is no category "${name}": ${CATEGORIES.join(", ")} are needed`
      .replace(/, (\w+) are needed$/, " or $1 is needed"),
  );
}

function capital(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
