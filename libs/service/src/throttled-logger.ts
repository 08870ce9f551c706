import type { Clock } from '@coffer/secrets';

type Level = 'debug' | 'info' | 'warn' | 'error';

const INTERVAL_MS = 10_000;
/** Messages remembered at most; all are forgotten beyond that. */
const MAX_MESSAGES = 200;

/**
 * Logs the same message at most once in an interval, with the number of times that it was left out since (`repeated`):
 * a client that says the same many times a second, while a broker is away for instance, must not fill the log.
 */
export class ThrottledLogger {
  readonly #logged = new Map<string, { readonly at: number; repeated: number }>();

  constructor(
    private readonly logger: Readonly<Record<Level, (fields: object, message: string) => void>>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    /** A message that was logged is only counted for this long. */
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** `key` says which lines count as the same; defaults to the message. */
  log(level: Level, fields: object, message: string, key = message): void {
    const now = this.clock.monotonic();
    const before = this.#logged.get(key);
    if (before !== undefined && now - before.at < this.intervalMs) {
      before.repeated += 1;
      return;
    }
    if (this.#logged.size >= MAX_MESSAGES) this.#logged.clear();
    this.#logged.set(key, { at: now, repeated: 0 });
    const repeated = before?.repeated ?? 0;
    this.logger[level]({ ...fields, ...(repeated === 0 ? {} : { repeated }) }, message);
  }
}
