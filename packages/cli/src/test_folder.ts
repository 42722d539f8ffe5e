/** A temporary folder for a test, removed with all in it at the end of scope. */
export interface TestFolder extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
  /** The names of the files in it, sorted. */
  names(): string[];
}

/** Makes a folder for a test. */
export async function testFolder(): Promise<TestFolder> {
  const path = await Deno.makeTempDir();
  return {
    path,
    file: (name) => `${path}/${name}`,
    names: () => [...Deno.readDirSync(path)].map(({ name }) => name).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
