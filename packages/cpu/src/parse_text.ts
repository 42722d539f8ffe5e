/** A word, or what stands between two parentheses. */
export type Tree = string | Tree[];

/** A comment, a text in quotes, a parenthesis, or a word. */
const TOKEN = /;;[^\n]*|"[^"]*"|[()]|[^\s()";]+/g;

/**
 * The first expression of WebAssembly text, as a tree.
 *
 * @throws {SyntaxError} where parentheses do not match
 */
export function parseText(text: string): Tree[] {
  const open: Tree[][] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "(") open.push([]);
    else if (token === ")") {
      const done = open.pop()!;
      open.at(-1)?.push(done);
    } else if (!token.startsWith(";;")) open.at(-1)?.push(token);
  }
  const [all] = open;
  if (open.length === 1 && Array.isArray(all?.[0])) return all[0];
  throw new SyntaxError("Cannot assemble a kernel: parentheses do not match");
}
