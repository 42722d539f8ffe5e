/** Milliseconds in which a lost device should have said so. */
const LOSS_DELAY = 200;

/**
 * What went wrong on a device, which reports it later and elsewhere.
 *
 * A failure spoils every value of its time, since any may depend on it: it
 * holds until all of them are freed. A lost device never comes back.
 */
export class Failures {
  readonly #device: GPUDevice;
  readonly #pending = new Set<Promise<void>>();
  readonly #onError?: EventListener;
  #spoilt: string | undefined;
  #lost: string | undefined;
  #reports = 0;
  #era = 0;
  #isClosed = false;
  #reportLoss!: () => void;
  readonly #loss: Promise<void>;

  /** @param isOwn whether errors that nobody caught are ours */
  constructor(device: GPUDevice, isOwn: boolean) {
    this.#device = device;
    this.#loss = new Promise((resolve) => this.#reportLoss = resolve);
    device.lost.then(({ reason, message }) => {
      const why = [reason, message].filter(Boolean).join(": ");
      this.#lost = `the device is lost (${why}), open the backend anew`;
      this.#reportLoss();
    });
    if (isOwn) {
      this.#onError = (event) => {
        event.preventDefault();
        this.#spoil((event as GPUUncapturedErrorEvent).error.message);
      };
      device.addEventListener("uncapturederror", this.#onError);
    }
  }

  /** Runs calls of the device whose errors come back later, and notes them. */
  guard<Result>(what: string, work: () => Result): Result {
    const filters = ["validation", "out-of-memory", "internal"] as const;
    const era = this.#era;
    for (const filter of filters) this.#device.pushErrorScope(filter);
    try {
      return work();
    } finally {
      for (const filter of filters.toReversed()) {
        const reason = filter === "out-of-memory"
          ? "the device is out of memory, "
          : "";
        this.#await(
          this.#device.popErrorScope().then((error) => {
            if (error === null) return;
            this.#spoil(`${what}: ${reason}${error.message}`, era);
          }),
        );
      }
    }
  }

  /**
   * Waits for all that could have failed so far.
   *
   * @throws {Error} if something has
   */
  async check(action: string): Promise<void> {
    while (this.#pending.size > 0 && !this.#lost && !this.#isClosed) {
      await Promise.race([this.#loss, Promise.all(this.#pending)]);
    }
    this.throwIfFailed(action);
  }

  /**
   * Waits for a promise of the device and for all that could have failed.
   *
   * @throws {Error} if it is rejected, or something has failed
   */
  async settle(action: string, promise: Promise<void>): Promise<void> {
    const outcome = promise.then(() => undefined, (error: Error) => error);
    await Promise.race([this.#loss, outcome]);
    await this.check(action);
    const error = await outcome;
    if (error === undefined) return;
    // A device may reject before it reports that it is lost.
    await this.#lossWithin(LOSS_DELAY);
    this.throwIfFailed(action);
    throw new Error(`Cannot ${action}: ${error.message}`, { cause: error });
  }

  /** @throws {Error} if something has failed, as far as is known by now */
  throwIfFailed(action: string): void {
    if (this.#isClosed) {
      throw new Error(`Cannot ${action}: its backend is disposed`);
    }
    const failure = this.#lost ?? this.#spoilt;
    if (failure) throw new Error(`Cannot ${action}: ${failure}`);
  }

  /** How many errors there have been: what they left behind may be unusable. */
  get reports(): number {
    return this.#reports;
  }

  /** All values are freed, so that nothing is spoilt any more. */
  forget(): void {
    this.#era += 1;
    this.#spoilt = undefined;
  }

  /** No more reports; what waits for the device is let go. */
  close(): void {
    this.#isClosed = true;
    if (this.#onError) {
      this.#device.removeEventListener("uncapturederror", this.#onError);
    }
    this.#reportLoss();
  }

  async #lossWithin(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.#loss, timeout]);
    clearTimeout(timer);
  }

  #await(report: Promise<void>): void {
    // A lost device may reject, which is reported as its loss.
    const settled = report.catch(() => {}).finally(() =>
      this.#pending.delete(settled)
    );
    this.#pending.add(settled);
  }

  #spoil(failure: string, era: number = this.#era): void {
    this.#reports += 1;
    if (era === this.#era) this.#spoilt ??= failure;
  }
}
