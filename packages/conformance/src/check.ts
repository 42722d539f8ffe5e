import type { Backend } from "@rockpool/core";
import type { ConformanceCase, Subject } from "./subject.ts";

/** The name of a check. */
export type CheckName =
  | "agreement"
  | "shapes"
  | "finiteDifferences"
  | "nan"
  | "determinism"
  | "seeds"
  | "purity"
  | "extremes"
  | "badInput"
  | "emptyBatch"
  | "memory";

/** Backends that are compared. */
export interface Place {
  /** The one that is tried. */
  readonly backend: Backend;
  /** The interpreter. */
  readonly oracle: Backend;
  /** One that must give the same bits, where there is one. */
  readonly twin: Backend | undefined;
}

/** One step of a check. */
export interface Trial {
  /** What is tried. */
  readonly name: string;
  /** The case that is tried, if it is about one. */
  readonly case?: ConformanceCase;
  /** Tries it; gives what is wrong. */
  run(place: Place): Promise<string[]>;
}

/** Something that must hold of every operator on every backend. */
export interface Check {
  /** What holds, to follow "soft on cpu". */
  readonly name: string;
  /** What an author may look for where it does not. */
  readonly hint: string;
  /** Whether it is about the interpreter alone, whatever the backend. */
  readonly ofInterpreter?: true;
  /** The steps for an operator. */
  trials(subject: Subject): Trial[];
}

/** What is wrong in a step; an error that it throws is, too. */
export async function faultsOf(trial: Trial, place: Place): Promise<string[]> {
  try {
    return await trial.run(place);
  } catch (error) {
    return [`it throws ${error}`];
  }
}
