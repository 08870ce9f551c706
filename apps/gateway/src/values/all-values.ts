import type { Metrics } from '@coffer/observability';
import { Pace, slowest, type CacheStatus, type ReadService, type ResolvedSecret } from '@coffer/reads';
import { CofferError, SecretPath } from '@coffer/secrets';
import { sizeText, type AnswerAllowance } from '../http/budget/answer-budget.js';
import { changedOf } from './resolved.js';

export interface AllValuesOptions {
  readonly tenant: string;
  readonly namespace: string;
  readonly inherit: boolean;
  readonly visible: (namespace: string) => boolean;
  readonly reads: Pick<ReadService, 'resolve'>;
  readonly allowance: AnswerAllowance;
  /** Bytes of one answer: `coffer.limits.answer`. */
  readonly maxBytes: number;
  /** `coffer.limits.batchTime`. */
  readonly timeoutMs: number;
  readonly metrics: Pick<Metrics, 'refusals'>;
}

/** Values that are read at the same time. */
const CONCURRENCY = 16;

/** What would be right for whoever asks for too much. */
export const ASK_FOR_LESS = 'ask for a part of them by prefix=, or for up to 500 keys by POST …/resolve';

/** Size of an entry in the JSON of the answer's three members: quotes, colon and comma are counted with its texts. */
const bytesOf = ({ path, value, version, changed }: ResolvedSecret): number =>
  3 * Buffer.byteLength(JSON.stringify(path.key)) +
  Buffer.byteLength(JSON.stringify(value.reveal())) +
  Buffer.byteLength(JSON.stringify(version)) +
  Buffer.byteLength(JSON.stringify(changedOf({ changed }).changed ?? '')) +
  6;

/** The error of one secret is that of the whole, and says which one it is. */
const failureOf = (key: string, error: unknown): unknown =>
  CofferError.is(error) ? new CofferError(error.code, `the secret '${key}': ${error.message}`, error.details) : error;

/** Reads all of the keys, or fails: whoever is given a part would take the rest for deleted. */
export class AllValues {
  readonly #found: (ResolvedSecret | undefined)[] = [];
  readonly #pace = new Pace();
  #failed = false;
  #slowest: CacheStatus | undefined;

  constructor(private readonly options: AllValuesOptions) {}

  /** Cache status of the slowest read. For a namespace without a single value, as if the stores were asked. */
  get cacheStatus(): CacheStatus {
    return this.#slowest ?? { source: 'store', forward: 'bypass' };
  }

  /** What was found of the keys, in their order; those that were deleted meanwhile are missing. */
  async read(keys: readonly string[]): Promise<readonly ResolvedSecret[]> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#tooLate()), this.options.timeoutMs);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < keys.length && !this.#failed; at = next++) await this.#read(at, keys[at] as string);
    };
    try {
      await Promise.race([Promise.all(Array.from({ length: CONCURRENCY }, work)), late]);
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return this.#found.filter((secret) => secret !== undefined);
  }

  async #read(at: number, key: string): Promise<void> {
    const found = await this.#find(key);
    if (found === undefined || this.#failed) return;
    this.#take(bytesOf(found));
    this.#slowest = slowest(this.#slowest, found.cacheStatus);
    this.#found[at] = found;
    if (this.#pace.due()) await this.#pace.rest();
  }

  async #find(key: string): Promise<ResolvedSecret | undefined> {
    const { tenant, namespace, inherit, visible, reads } = this.options;
    try {
      return await reads.resolve({ path: SecretPath.of(tenant, namespace, key), inherit, visible });
    } catch (error) {
      if (CofferError.is(error, 'not-found')) return undefined;
      throw failureOf(key, error);
    }
  }

  #take(bytes: number): void {
    const { allowance, maxBytes, namespace } = this.options;
    try {
      allowance.take(bytes);
    } catch (error) {
      // The first of the reads that are under way says so.
      this.#failed = true;
      if (!CofferError.is(error, 'answer-too-large')) throw error;
      throw new CofferError(
        error.code,
        `the values of '${namespace}' would have more than ${sizeText(maxBytes)} (coffer.limits.answer); ${ASK_FOR_LESS}`,
      );
    }
  }

  #tooLate(): CofferError {
    const { metrics, timeoutMs, namespace } = this.options;
    metrics.refusals.inc({ budget: 'batch-time' });
    return new CofferError(
      'timeout',
      `the values of '${namespace}' were not read within ${timeoutMs / 1_000} s (coffer.limits.batchTime); ${ASK_FOR_LESS}`,
    );
  }
}
