import type { Principal } from '@coffer/access';
import type { BudgetReading } from '@coffer/observability';
import { LRUCache } from 'lru-cache';
import { MAX_REMEMBERED_BYTES, type CachedAnswer } from './cached-answer.js';

const MAX_BYTES = 8 * 1_024 * 1_024;
/** Size of a call without its target: its place, its closures, the texts of its record, whose parts are bounded, and of its answer. */
const CALL_BYTES = 3_000 + MAX_REMEMBERED_BYTES;
/**
 * For how long a call that was authorised counts as such: what a caller may do changes with another `Principal`, which is
 * seen at once; this bounds what else may end. Then it is authorised anew, and what was made of it stays.
 */
const MAX_AGE_MS = 1_000;

/** What a call says once it was parsed and authorised. */
export interface PreparedCall {
  readonly place: {
    readonly tenant?: string | undefined;
    readonly namespace?: string | undefined;
    readonly key?: string | undefined;
    readonly principal: Principal;
  };
  /** `undefined` where the answer is not in memory. */
  readonly answer: (accept: string) => CachedAnswer | undefined;
}

interface Remembered<C> {
  readonly call: C;
  readonly principal: Principal;
  untilMs: number;
}

/** Calls that were parsed, each authorised within the last second, by the name of their request, its target: the latest caller's of each. */
export class PreparedCalls<C extends PreparedCall, R> {
  readonly #calls = new LRUCache<string, Remembered<C>>({
    maxSize: MAX_BYTES,
    sizeCalculation: (_call, name) => CALL_BYTES + 2 * name.length,
    dispose: (_call, _name, reason) => {
      if (reason === 'evict') this.#evictions += 1;
    },
  });
  #evictions = 0;

  /** Both throw where the caller may not make the call. */
  constructor(
    private readonly authorize: (request: R, principal: Principal) => void,
    private readonly prepare: (request: R, principal: Principal) => C,
  ) {}

  get reading(): BudgetReading {
    return { bytes: this.#calls.calculatedSize, limitBytes: MAX_BYTES, evictions: this.#evictions };
  }

  /** `nowMs`: milliseconds that never go back. Throws where the caller may not make the call. */
  of(name: string, request: R, principal: Principal, nowMs: number): C {
    const known = this.#calls.get(name);
    if (known?.principal === principal) {
      if (nowMs < known.untilMs) return known.call;
      this.authorize(request, principal);
      known.untilMs = nowMs + MAX_AGE_MS;
      return known.call;
    }
    const call = this.prepare(request, principal);
    this.#calls.set(name, { call, principal, untilMs: nowMs + MAX_AGE_MS });
    return call;
  }
}
