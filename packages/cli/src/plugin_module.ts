import type { Category } from "@rockpool/core";
import type { PluginNames } from "./plugin_names.ts";

/** The text of a new plugin's `mod.ts`. */
export function pluginModule(
  names: PluginNames,
  { category, scope }: { category: Category; scope: string },
): string {
  const isLearnable = category === "learnable";
  return `${head(names, isLearnable)}
${isLearnable ? learnableKernel(names) : plainKernel(names)}
/**
 * ${names.title}: fill in the formula, what NaN and windows without elements
 * give, and the source.
 *
 * @example
 * \`\`\`ts
 * import { ${names.identifier} } from "@${scope}/${names.name}";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [1, 1, 2, 2],
 *   data: Float32Array.of(1, 2, 3, 6),
 * });
 * const { y } = session.run(${names.identifier}, { x }, { options: { kernelSize: 2 } });
 * assertEquals([...(await session.read(y)).data], [3]);
 * \`\`\`
 */
${operator(names, category)}
export { ${names.identifier} as default };
`;
}

function head({ title, identifier, type }: PluginNames, isLearnable: boolean) {
  const planesOf = isLearnable ? "  planesOf,\n" : "";
  return `/**
 * ${title}: fill in what it gives for each window.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
${planesOf}  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

/** The options of {@linkcode ${identifier}}. */
export type ${type}Options = SlideOptions;
`;
}

function plainKernel({ name }: PluginNames): string {
  return `// Fill in the formula: this is the mean of each window.
const kernel: WindowKernel = windowKernel(
  "${name}",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count().max(1)),
);
`;
}

function learnableKernel({ name }: PluginNames): string {
  return `// Fill in the formula: this is the mean of each window times a gain of its
// channel.
const kernel: WindowKernel = windowKernel(
  "${name}",
  ["x"],
  ({ x, gain }, fold) => fold.sum(x).div(fold.count().max(1)).mul(gain),
  { channels: ["gain"] },
);
`;
}

function operator(
  { name, identifier, type }: PluginNames,
  category: Category,
): string {
  const isLearnable = category === "learnable";
  const weights = isLearnable
    ? `  weights: ({ x }, options) => ({
    gain: {
      shape: [planesOf(x, options).channels],
      initial: 1,
      help: "what the mean is multiplied by",
    },
  }),
`
    : "";
  const signature = isLearnable
    ? "forward(cx, { x }, options, { gain }) {"
    : "forward(cx, { x }, options) {";
  const values = isLearnable ? "{ x, gain }" : "{ x }";
  const summary = isLearnable
    ? "the mean of each window times a gain of its channel"
    : "the mean of each window";
  return `export const ${identifier}: PoolingOp<
  ${type}Options,
  "x",
  ${isLearnable ? '"gain"' : "never"},
  "y"
> = {
  name: "${name}",
  contract: CONTRACT,
  summary: "${summary}",
  category: "${category}",
  options: slideOptions,
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
${weights}  ${signature}
    const windows = slide(x.shape, options);
    return { y: cx.window(kernel, { values: ${values} }, windows).y };
  },
};
`;
}
