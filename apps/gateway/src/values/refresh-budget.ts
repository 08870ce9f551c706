import { CofferError, namespaceAndParents, type SecretPath } from '@coffer/secrets';

export interface RefreshBudgetOptions {
  /** Of one caller in one namespace or below it; in all namespaces together ten times as many. */
  readonly perMinute: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  readonly refused: () => void;
}

interface Bucket {
  tokens: number;
  /** When they were counted. */
  at: number;
}

const EVERYWHERE = 10;
/** Buckets that are remembered; the one that was used least recently is forgotten, which fills it. */
const MAX_BUCKETS = 10_000;
const MINUTE_MS = 60_000;

/** Reads with `refresh=true`: each asks the store, whose calls may cost money and are limited for all. */
export class RefreshBudget {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly options: RefreshBudgetOptions) {}

  /** Throws `rate-limited` when the caller had the store asked too often there. Parents count what is read below them. */
  take(principal: string, { tenant, namespace }: Pick<SecretPath, 'tenant' | 'namespace'>): void {
    const { perMinute, now } = this.options;
    const at = now();
    const scopes = ['', ...namespaceAndParents(namespace).map((level) => `${tenant}/${level}`)];
    const buckets = scopes.map((scope) => {
      const most = scope === '' ? perMinute * EVERYWHERE : perMinute;
      return { most, bucket: this.#filled(JSON.stringify([principal, scope]), most, at) };
    });
    const waits = buckets.map(({ most, bucket }) => ((1 - bucket.tokens) * MINUTE_MS) / most);
    const wait = Math.max(...waits);
    if (wait > 0) this.#refuse(wait / 1_000);
    for (const { bucket } of buckets) bucket.tokens -= 1;
  }

  #filled(name: string, most: number, at: number): Bucket {
    const bucket = this.#buckets.get(name) ?? { tokens: most, at };
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    bucket.tokens = Math.min(most, bucket.tokens + ((at - bucket.at) * most) / MINUTE_MS);
    bucket.at = at;
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }

  #refuse(retryAfter: number): never {
    this.options.refused();
    throw new CofferError(
      'rate-limited',
      `refresh=true is answered ${this.options.perMinute} times a minute for each caller and namespace (coffer.limits.refreshesPerMinute); read without it, which is as fresh as the last write through Coffer`,
      { retryAfter },
    );
  }
}
