interface Builtins {
  "node:crypto": typeof import("node:crypto");
  "node:fs": typeof import("node:fs");
  "node:module": typeof import("node:module");
  "node:os": typeof import("node:os");
  "node:path": typeof import("node:path");
  "node:process": typeof import("node:process");
  "node:zlib": typeof import("node:zlib");
}

/**
 * One of the modules built into Node and Deno, without an import statement:
 * bundlers for the browser refuse those, even where they are never reached.
 */
export function nodeBuiltin<Name extends keyof Builtins>(
  name: Name,
): Builtins[Name] {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: Name): Builtins[Name] };
  };
  return process.getBuiltinModule(name);
}
