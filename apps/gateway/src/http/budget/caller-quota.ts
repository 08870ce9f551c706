import type { BudgetReading } from '@coffer/observability';
import { CofferError, namespaceAndParents } from '@coffer/secrets';
import { LRUCache } from 'lru-cache';

export interface CallerQuotaOptions {
  /** Limit of one caller in one namespace or below it; in all namespaces together it is ten times as many. */
  readonly perMinute: number;
  /** Limit of what is remembered; the caller and namespace used least recently are forgotten, which fills their quota. */
  readonly maxBytes: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  readonly refused: () => void;
  /** What a refusal says: the setting, and what would be right. */
  readonly refusal: string;
}

/** Where a caller asks for something. Without a namespace only what counts in all namespaces together. */
export interface QuotaPlace {
  readonly tenant?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A token bucket that is filled when it is looked at. */
interface Bucket {
  readonly size: number;
  tokens: number;
  /** When they were counted. */
  at: number;
  /** The next larger place that counts the same. */
  readonly parent: Bucket | undefined;
}

const EVERYWHERE = 10;
const MINUTE_MS = 60_000;
/** Size of a bucket and its entry, without the key. */
const ENTRY_BYTES = 250;

/** Milliseconds until every bucket from here up has so many tokens; 0 for now. */
const waitOf = (leaf: Bucket, count: number, at: number): number => {
  let wait = 0;
  for (let bucket: Bucket | undefined = leaf; bucket !== undefined; bucket = bucket.parent) {
    const { size } = bucket;
    bucket.tokens = Math.min(size, bucket.tokens + ((at - bucket.at) * size) / MINUTE_MS);
    bucket.at = at;
    const missing = Math.min(count, size) - bucket.tokens;
    if (missing > 0) wait = Math.max(wait, (missing * MINUTE_MS) / size);
  }
  return wait;
};

/**
 * How much each caller may ask for, by namespace. A namespace's parents count what is asked for below them, so that
 * invented names bring nobody more. One look-up for each request, for every cached read passes here; the package
 * `limiter` reads the clock and makes a list for each level.
 */
export class CallerQuota {
  readonly #buckets: LRUCache<string, Bucket>;
  #evictions = 0;

  constructor(private readonly options: CallerQuotaOptions) {
    this.#buckets = new LRUCache<string, Bucket>({
      maxSize: options.maxBytes,
      sizeCalculation: (_bucket, key) => ENTRY_BYTES + 2 * key.length,
      dispose: (_bucket, _key, reason) => {
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get reading(): BudgetReading {
    return { bytes: this.#buckets.calculatedSize, limitBytes: this.options.maxBytes, evictions: this.#evictions };
  }

  /** Whether the caller may ask once more at this moment. Counts no refusal. */
  tryTake(caller: string, place: QuotaPlace, at: number): boolean {
    return this.#waitAfterTake(caller, place, 1, at) === 0;
  }

  /** Throws `rate-limited` where the caller has asked too often there. */
  take(caller: string, place: QuotaPlace, count = 1): void {
    const waitMs = this.#waitAfterTake(caller, place, count, this.options.now());
    if (waitMs === 0) return;
    this.options.refused();
    throw new CofferError('rate-limited', this.options.refusal, { retryAfter: waitMs / 1_000 });
  }

  /** Takes where that need not wait. */
  #waitAfterTake(caller: string, { tenant, namespace }: QuotaPlace, count: number, at: number): number {
    const leaf =
      tenant === undefined || namespace === undefined
        ? this.#everywhere(caller, at)
        : (this.#buckets.get(`${tenant}/${namespace}\0${caller}`) ?? this.#add(caller, tenant, namespace, at));
    const wait = waitOf(leaf, count, at);
    if (wait > 0) return wait;
    for (let bucket: Bucket | undefined = leaf; bucket !== undefined; bucket = bucket.parent) {
      bucket.tokens -= Math.min(count, bucket.size);
    }
    return 0;
  }

  #everywhere(caller: string, at: number): Bucket {
    return this.#bucket(`\0${caller}`, this.options.perMinute * EVERYWHERE, undefined, at);
  }

  #add(caller: string, tenant: string, namespace: string, at: number): Bucket {
    const levels = namespaceAndParents(namespace).toReversed();
    return levels.reduce(
      (parent, level) => this.#bucket(`${tenant}/${level}\0${caller}`, this.options.perMinute, parent, at),
      this.#everywhere(caller, at),
    );
  }

  #bucket(key: string, size: number, parent: Bucket | undefined, at: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { size, tokens: size, at, parent };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}
