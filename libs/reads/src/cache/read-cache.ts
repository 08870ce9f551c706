import type { Stores } from '@coffer/backend-registry';
import type { HeartbeatMailbox, SharedCache } from '@coffer/cache';
import type { ElapsedTime, LogEntry, Rules, Timing } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import type { Messaging } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import type { Clock } from '@coffer/secrets';
import { cacheRulesOf, type CacheRules } from './cache-rules.js';
import type { Lookup } from '../lookup.js';
import { CacheLookup, type AbsenceOf } from './cache-lookup.js';
import { ShardReaders } from './shard-readers.js';

/** What the caches of a gateway are made of. */
export interface CacheParts {
  readonly rules: CacheRules;
  readonly mode: 'strict' | 'bounded';
  /** The same as the shared cache's. */
  readonly time: ElapsedTime;
  readonly mailbox?: HeartbeatMailbox;
  readonly shared?: SharedCache;
}

/** `undefined` where nothing is to be cached, or strictly and without a way to ask for leases. */
export const cachePartsOf = (
  configuration: Pick<Configuration, 'cache' | 'managers'>,
  time: ElapsedTime,
  links: { readonly mailbox: HeartbeatMailbox; readonly cache?: SharedCache } | undefined,
): CacheParts | undefined => {
  const { mode } = configuration.cache;
  const rules = cacheRulesOf(configuration, links?.cache !== undefined);
  if (rules.size === 0 || (mode === 'strict' && links === undefined)) return undefined;
  const shared = links?.cache;
  return { rules, mode, time, ...(links && { mailbox: links.mailbox }), ...(shared && { shared }) };
};

export interface ReadCacheOptions extends CacheParts {
  readonly messaging: Pick<Messaging, 'topology' | 'log'>;
  readonly timing: Timing;
  readonly clock: Clock;
  readonly registry: Pick<Stores, 'of'>;
  readonly absenceOf: AbsenceOf;
  /** Limit for all entries in this process's memory. */
  readonly maxBytes: number;
  /** Records may have been missed. */
  readonly markSuspect: () => void;
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'warn'>;
  /** Bounds what the readers remember of keys. Defaults to `KEYS_MAX_BYTES`. */
  readonly keysMaxBytes?: number;
  /** Which rules of the protocol are obeyed. Defaults to all; only tests leave one out. */
  readonly protocolRules?: Rules;
}

/** How often what has expired is freed. */
const SWEEP_INTERVAL_MS = 60_000;

/** The caches of a gateway with their readers. To be closed before the HTTP server stops listening. */
export class ReadCache {
  readonly #lookup: CacheLookup;
  readonly #readers: ShardReaders;
  readonly #sweep: NodeJS.Timeout;

  /** Begins at once: the first entry of the log comes later. */
  constructor(options: ReadCacheOptions) {
    const { rules, shared, time, clock, timing, metrics, registry, absenceOf, markSuspect, maxBytes } = options;
    const { protocolRules } = options;
    this.#lookup = new CacheLookup({
      ...{ rules, time, clock, metrics, maxBytes, absenceOf, windowMs: timing.windowMs },
      storeOf: (path) => registry.of(path),
      readerOf: (path) => this.#readers.of(path),
      ...(shared === undefined ? {} : { shared }),
      ...(protocolRules === undefined ? {} : { protocolRules }),
    });
    this.#readers = new ShardReaders({
      ...options,
      taken: (entry) => this.#lookup.committed(entry),
      late: (ms) => this.#lookup.limiter.timerLate(ms),
      evict: (path, fence, timestamp) => this.#lookup.evict(path, fence, timestamp),
      forget: (where) => {
        this.#lookup.forget(where);
        markSuspect();
      },
    });
    this.#sweep = setInterval(() => this.#lookup.sweep(), SWEEP_INTERVAL_MS).unref();
    this.#readers.start();
  }

  /** Names this process in the log, as one that holds leases. */
  get instance(): string {
    return this.#readers.instance;
  }

  get lookup(): Lookup {
    return this.#lookup;
  }

  /** Takes a record of the log into account: before a list shows it and before anybody is told of it. */
  read(entry: LogEntry): void {
    this.#readers.read(entry);
  }

  /** Gives the leases back: no write waits for this process any more. */
  close(): void {
    clearInterval(this.#sweep);
    this.#readers.leave();
  }
}
