import type { StoreRates } from '@coffer/backend-contract';
import type { FacadeOperation } from './metrics.js';
import type { RateLimit } from './options.js';
import { RateLimiter } from './rate-limit.js';

const KINDS: Readonly<Record<FacadeOperation, keyof StoreRates>> = {
  read: 'reads',
  check: 'reads',
  write: 'writes',
  annotate: 'writes',
  delete: 'writes',
  list: 'lists',
};

/** One bucket for all calls of a store, or one for each kind of call that it publishes a rate of. */
export class Rates {
  readonly #all: RateLimiter | undefined;
  readonly #kinds: ReadonlyMap<string, RateLimiter>;

  constructor(store: string, all: RateLimit | undefined, published: StoreRates) {
    this.#all = all === undefined ? undefined : new RateLimiter(store, all);
    this.#kinds = new Map(
      Object.entries(published).map(([kind, perSecond]) => [
        kind,
        new RateLimiter(store, { perSecond: Number(perSecond) }),
      ]),
    );
  }

  /** As `RateLimiter.take`; at once where no rate is known. */
  async take(operation: FacadeOperation, signal: AbortSignal): Promise<void> {
    await (this.#all ?? this.#kinds.get(KINDS[operation]))?.take(signal);
  }
}
