import type { SealedRecord, SealedRecords } from '@coffer/backend-contract';
import { CofferError } from '@coffer/secrets';
import { TokenBucket } from 'limiter';

/** Timeout of one call of the store. */
const CALL_TIMEOUT_MS = 30_000;
/** Records that are sealed at the same time. */
const CONCURRENCY = 8;
/** Attempts at a call that failed for a reason that passes. */
const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 500;
/** Walks over all records: a process that has not read the newest keys yet may have sealed with the old one meanwhile. */
const MAX_WALKS = 3;

/** How many records each key has sealed; under '' those that are no envelope. */
export type Census = ReadonlyMap<string, number>;

export interface RewrapOptions {
  /** Records that are sealed anew in a second, at most. */
  readonly perSecond: number;
  /** Called after each record, with how many were sealed anew and how many had to be. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface RewrapResult {
  readonly resealed: number;
  readonly left: Census;
  /** What could not be sealed anew, at most `MAX_FAILURES`. */
  readonly failures: readonly { readonly record: SealedRecord; readonly error: CofferError }[];
}

export const MAX_FAILURES = 20;

const call = () => ({ signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });

const patiently = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let left = MAX_ATTEMPTS; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 1 || !CofferError.is(error) || !error.retryable) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    }
  }
};

async function* pagesOf(records: SealedRecords): AsyncGenerator<readonly SealedRecord[]> {
  let after: string | undefined;
  for (;;) {
    const page = await patiently(() => records.page(after, call()));
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)?.cursor;
  }
}

/** Looks at every record. */
export const censusOf = async (records: SealedRecords): Promise<Census> => {
  const census = new Map<string, number>();
  for await (const page of pagesOf(records)) {
    for (const { keyId = '' } of page) census.set(keyId, (census.get(keyId) ?? 0) + 1);
  }
  return census;
};

/** Those that another key than the active one has sealed. */
export const outstanding = (census: Census, activeId: string): number =>
  [...census].reduce((sum, [id, count]) => (id === activeId ? sum : sum + count), 0);

/**
 * Seals with the active key what another one has sealed, page by page. It may be killed at any moment and run again: records that
 * are done say so themselves, and are passed over. A record that cannot be sealed anew does not hold up the others.
 */
export const rewrapRecords = async (
  records: SealedRecords,
  { perSecond, onProgress }: RewrapOptions,
): Promise<RewrapResult> => {
  const { activeId } = records.ring;
  const bucket = new TokenBucket({ bucketSize: perSecond, tokensPerInterval: perSecond, interval: 'second' });
  const failures = new Map<string, RewrapResult['failures'][number]>();
  let resealed = 0;
  const reseal = async (record: SealedRecord): Promise<void> => {
    await bucket.removeTokens(1);
    try {
      await patiently(() => record.reseal(call()));
      resealed += 1;
      failures.delete(record.cursor);
    } catch (error) {
      if (!CofferError.is(error)) throw error;
      if (failures.size < MAX_FAILURES) failures.set(record.cursor, { record, error });
    }
  };
  let left = await censusOf(records);
  for (let walk = 0; walk < MAX_WALKS && outstanding(left, activeId) > 0; walk += 1) {
    const total = resealed + outstanding(left, activeId);
    onProgress(resealed, total);
    for await (const page of pagesOf(records)) {
      const stale = page.filter(({ keyId }) => keyId !== activeId);
      for (let at = 0; at < stale.length; at += CONCURRENCY) {
        await Promise.all(stale.slice(at, at + CONCURRENCY).map(reseal));
        onProgress(resealed, Math.max(total, resealed));
      }
    }
    left = await censusOf(records);
  }
  return { resealed, left, failures: [...failures.values()] };
};
