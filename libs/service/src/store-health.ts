import type { Backend } from '@coffer/backend-contract';
import { adviceFor } from '@coffer/backend-facade';
import type { Logger } from '@coffer/observability';
import { CofferError, isErrorCode } from '@coffer/secrets';

export interface WatchedStore {
  readonly name: string;
  /** Behind its facade, which has the deadline. */
  readonly backend: Pick<Backend, 'check'>;
}

/** How often a store is asked: while it does not answer, and while it does. */
const RETRY_DELAY_MS = 1_000;
const CHECK_INTERVAL_MS = 5_000;

/** What the store failed with, also while its breaker keeps it from being asked, and what to do. */
const reasonOf = (error: unknown): string => {
  if (!CofferError.is(error)) return 'no reason given';
  const { lastFailure = error.message, lastCode } = error.details;
  const advice = adviceFor(typeof lastCode === 'string' && isErrorCode(lastCode) ? lastCode : error.code);
  return advice === undefined ? String(lastFailure) : `${String(lastFailure)}; ${advice}`;
};

/** Asks every store again and again whether it is there, and says when that changes. */
export class StoreHealth {
  readonly #down = new Map<string, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  constructor(
    private readonly stores: readonly WatchedStore[],
    private readonly logger: Logger,
  ) {
    for (const { name } of stores) this.#down.set(name, 'not asked yet');
  }

  /** The stores that do not answer, with the reason and what to do. */
  get down(): ReadonlyMap<string, string> {
    return this.#down;
  }

  start(): void {
    for (const store of this.stores) void this.#ask(store);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Resolves once every store has answered. */
  async allUp(): Promise<void> {
    while (this.#down.size > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async #ask(store: WatchedStore): Promise<void> {
    const { name, backend } = store;
    try {
      await backend.check({ signal: new AbortController().signal });
      if (this.#down.delete(name)) this.logger.info({ store: name }, 'the store is ready');
    } catch (err) {
      const reason = reasonOf(err);
      if (this.#down.get(name) !== reason && !this.#stopped) {
        this.logger.warn(
          { store: name, err, reason, retryMilliseconds: RETRY_DELAY_MS },
          'the store is not ready; trying again',
        );
      }
      this.#down.set(name, reason);
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#ask(store);
      },
      this.#down.has(name) ? RETRY_DELAY_MS : CHECK_INTERVAL_MS,
    );
    this.#timers.add(timer);
  }
}
