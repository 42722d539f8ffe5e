import {
  averageSizes,
  type Geometry,
  type Operation,
  type Program,
  topological,
  volume,
} from "@rockpool/kernel";

/** Operations of one element that take as long as reading a dozen. */
const LONG: ReadonlySet<Operation> = new Set<Operation>([
  "exp",
  "log",
  "pow",
  "elementRandom",
]);
const LENGTH = 12;

/**
 * How long a program takes, roughly, in elements that are read and folded: all
 * elements of all windows, each as often as it is in one.
 */
export function workOf(
  { outputs }: Pick<Program, "outputs">,
  geometry: Geometry,
): number {
  const { items, channels, output } = geometry;
  const long = topological(outputs.map(({ value }) => value))
    .filter(({ level, operation }) =>
      level === "element" && LONG.has(operation)
    );
  return items * channels * volume(output) * volume(averageSizes(geometry)) *
    (1 + LENGTH * long.length);
}
