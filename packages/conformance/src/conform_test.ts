import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

/** The exit code and the output of `deno test` for a module that conforms. */
async function testOf(
  conform: string,
): Promise<{ code: number; output: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tried_test.ts`;
    await Deno.writeTextFile(
      path,
      `import { conform, testInterpreter } from "@rockpool/conformance";
import { average } from "@rockpool/average";
import { detach, slide, windowKernel } from "@rockpool/kernel";

const backends = [testInterpreter];
const forgetful = windowKernel("forgetful", ["x"], ({ x }, fold) =>
  fold.mean(detach(x)));
const { kernelSize, layout } = average.options;
const op = {
  ...average,
  options: { kernelSize, layout },
  forward: (cx, { x }, options) => ({
    y: cx.window(forgetful, { values: { x } }, slide(x.shape, options)).y,
  }),
};
${conform}
`,
    );
    const config = fileURLToPath(
      new URL("../../../deno.json", import.meta.url),
    );
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--config", config, path],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    return { code, output: text.decode(stdout) + text.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("conform() names each test, and says in words what fails", async () => {
  const { code, output } = await testOf("conform(op, { backends });");
  assertEquals(code, 1);
  for (
    const name of [
      "average on interpreter has the shape that shape() says ... ok",
      "average on interpreter passes NaN on ... ok",
      "average on interpreter draws what the seed says ... ok",
      "average on interpreter refuses bad input ... ok",
    ]
  ) {
    assertStringIncludes(output, name);
  }
  assertMatch(
    output,
    /It does not hold that average on interpreter has the gradient that finite differences show:\n {2}· along random signs .*\n {2}· the gradient of x is 0 at \[[\d, ]+\], where x is \S+: \S+ is expected there\n {2}options {3}\{ kernelSize: .*\n {2}input {5}x of shape [\d×]+: numbers that all differ\n {2}see {7}detach\(\)/,
  );
});

Deno.test("conform() puts the reasons of skips in the names of tests", async () => {
  const { code, output } = await testOf(`conform(op, {
  backends,
  skip: {
    finiteDifferences: "it is forgetful",
    shapes: { where: ({ options }) => options.layout === "NHWC", reason: "rows" },
  },
});`);
  assertEquals(code, 0, output);
  assertStringIncludes(
    output,
    "has the gradient that finite differences show (skipped: it is forgetful) ... ignored",
  );
  assertMatch(output, /kernelSize .*"NHWC".* \(skipped: rows\) \.\.\. ignored/);
});

Deno.test("conform() refuses a skip of a check that there is not", async () => {
  const { code, output } = await testOf(
    'conform(op, { backends, skip: { shape: "why" } });',
  );
  assertEquals(code, 1);
  assertStringIncludes(
    output,
    'Cannot skip "shape": it is no check: did you mean "shapes"',
  );
});
