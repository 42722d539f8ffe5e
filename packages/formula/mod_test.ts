import { conform } from "@rockpool/conformance";
import { formula } from "./mod.ts";

conform(formula("sum(x * exp(x)) / sum(exp(x))"));
