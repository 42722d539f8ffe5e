/**
 * Pooling operators from the text of a formula over a window.
 *
 * @module
 */
export {
  formula,
  type FormulaOp,
  type FormulaOptions,
  type FormulaSettings,
} from "./src/formula.ts";
export { FormulaError, type FormulaPlace } from "./src/formula_error.ts";
export { FUNCTIONS, type FunctionSpec } from "./src/functions.ts";
