/**
 * Imports an npm package that is optional and large.
 *
 * Its name is an argument so that bundlers for the browser leave it alone, and
 * so that Deno does not download the package before somebody asks for it.
 */
export function importAtRuntime<Module>(name: string): Promise<Module> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}
