/**
 * The tests that every pooling operator must pass on every backend, ours and
 * other people's.
 *
 * @module
 */
export { type BackendTest, backendTests } from "./src/backend_tests.ts";
export { testBackends, testCpu, testGpus } from "./src/backends.ts";
export { compare, type Difference, type Tolerance } from "./src/compare.ts";
export { conform, type ConformTestOptions } from "./src/conform.ts";
export type { CheckName } from "./src/check.ts";
export type { ConformOptions } from "./src/conform_options.ts";
export { type Failure, findFailures } from "./src/find_failures.ts";
export { type DataKind, makeTensor } from "./src/make_tensor.ts";
export { type Random, randomBelow } from "./src/random.ts";
export type {
  ConformanceCase,
  InputGenerator,
  InputRequest,
  OptionCompletion,
} from "./src/subject.ts";
export type { SkippedPart, Skips } from "./src/skips.ts";
export { type TestBackend, testInterpreter } from "./src/test_backend.ts";
export { checkExamples, type Example } from "./src/examples.ts";
export { float32, int32, type Nested } from "./src/nested.ts";
