/** Where a command writes text for people: one or more lines at a time. */
export interface Streams {
  /** What was asked for. */
  out(text: string): void;
  /** What went wrong. */
  err(text: string): void;
}

/** One of the commands of `rockpool`. */
export interface Command {
  /** How it is called, after `rockpool`. */
  readonly usage: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Runs it with the arguments that follow its name. */
  run(args: readonly string[], streams: Streams): Promise<void>;
  /** What there is to say besides usage and summary. */
  help?(args: readonly string[]): Promise<string>;
}
