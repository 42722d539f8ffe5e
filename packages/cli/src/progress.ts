// @ts-types="@types/cli-progress"
import { SingleBar } from "cli-progress";
import process from "node:process";

/** A progress bar; leaving its scope removes it from the terminal. */
export interface Progress extends Disposable {
  /** Counts finished steps: one, or as many as given. */
  advance(steps?: number): void;
}

/** How a progress bar is drawn. */
export interface ProgressOptions {
  /** Where to draw; nothing is drawn unless it is a terminal. */
  readonly stream?: NodeJS.WritableStream;
}

/** A progress bar for `total` steps, on stderr where that is a terminal. */
export function startProgress(
  title: string,
  total: number,
  options: ProgressOptions = {},
): Progress {
  const bar = new SingleBar({
    format: "{title} {bar} {value}/{total}, {eta_formatted} left",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    stream: options.stream ?? process.stderr,
    clearOnComplete: true,
    // Handling signals would keep Ctrl-C from ending the process, so nothing
    // may be set on the terminal that only a handler would restore.
    gracefulExit: false,
    linewrap: true,
  });
  bar.start(total, 0, { title });
  return {
    advance: (steps = 1) => bar.increment(steps),
    [Symbol.dispose]: () => bar.stop(),
  };
}
