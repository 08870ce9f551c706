/** How often it is looked, while somebody watches. */
const PROBE_INTERVAL_MS = 2_000;
/** Failures in a row after which the log is out of reach: one that a busy machine causes says nothing. */
const MIN_FAILURES = 2;

export interface LogReachOptions {
  /** `CatalogueService.stalenessMs`. */
  readonly stalenessMs: () => Promise<number | undefined>;
  /** Called with the age of lists in milliseconds at every look while the log is out of reach, and once without it when it is back. */
  readonly notify: (stalenessMs: number | undefined) => void;
  /** Defaults to `PROBE_INTERVAL_MS`. */
  readonly intervalMs?: number;
}

/** Looks whether the log is in reach, for those who watch: while it is not, no event tells them so. */
export class LogReach {
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #stalenessMs: number | undefined;

  constructor(private readonly options: LogReachOptions) {}

  /** How old lists are, as of the last look; `undefined` while the log is in reach. */
  get stalenessMs(): number | undefined {
    return this.#stalenessMs;
  }

  start(): void {
    const { intervalMs = PROBE_INTERVAL_MS } = this.options;
    this.#timer ??= setTimeout(() => void this.#look(), intervalMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#failures = 0;
    this.#stalenessMs = undefined;
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const found = await this.options.stalenessMs();
    // It was stopped meanwhile, and perhaps started anew.
    if (timer !== this.#timer) return;
    this.#failures = found === undefined ? 0 : this.#failures + 1;
    const before = this.#stalenessMs;
    if (this.#failures === 0 || this.#failures >= MIN_FAILURES) this.#stalenessMs = found;
    if (this.#stalenessMs !== undefined || before !== undefined) this.options.notify(this.#stalenessMs);
    this.#timer = undefined;
    this.start();
  }
}
