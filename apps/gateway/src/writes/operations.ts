import { LRUCache } from 'lru-cache';
import { CofferError, offsetOf, type Clock } from '@coffer/secrets';
import { OperationTable, type AbortRecord, type LogEntry, type OperationEnd } from '@coffer/coherence';
import type { CoherenceLog, MutationPlace } from '@coffer/messaging';
import type { OperationState } from './write-service.js';

/** Ids that were asked for and that nothing is known of; bounds what a caller can make this process remember. */
const MAX_ASKED = 10_000;

/** ABORTs kept for each mutation whose place is not known yet; the earliest is the likeliest to be somebody else's. */
const MAX_EARLY = 4;

interface Expected {
  readonly fingerprint: string;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** Where the queue took it, once that is known. */
  place?: Pick<MutationPlace, 'partition' | 'offset'>;
  /** ABORTs that were read before it was known: whether one is of this mutation cannot be told yet. */
  early: LogEntry[];
  readonly waiters: Set<(end: OperationEnd) => void>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** When a UUIDv7 was made, in milliseconds since the Unix epoch; `undefined` for other versions. */
const timeOf = (id: string): number | undefined =>
  UUID.exec(id)?.[1] === '7' ? parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

export const operationMismatch = (operation: string): CofferError =>
  new CofferError('operation-mismatch', 'this Idempotency-Key was used for another payload; use a new key', {
    operation,
  });

/** The operations that this gateway has queued or has read of in the log, and who waits for them. */
export class Operations {
  readonly #table: OperationTable;
  readonly #expected = new Map<string, Expected>();
  /** When an id that nothing is known of was first asked for. */
  readonly #asked = new LRUCache<string, number>({ max: MAX_ASKED });

  /** `window`: the replay window, in milliseconds. */
  constructor(
    private readonly window: number,
    private readonly log: Pick<CoherenceLog, 'horizon'>,
    private readonly clock: Clock,
  ) {
    this.#table = new OperationTable(window);
  }

  /** Takes a record of the log into account and wakes who waits for it. */
  read(entry: LogEntry): void {
    const end = this.#table.read(entry, (abort) => this.#believes(entry, abort));
    if (end === undefined) return;
    const expected = this.#expected.get(end.operation);
    this.#expected.delete(end.operation);
    for (const wake of expected?.waiters ?? []) wake(end);
  }

  /** This gateway is about to queue the operation, or to queue it again: it is under way until its next end is read. */
  expect(operation: string, fingerprint: string): void {
    const now = this.clock.wall();
    for (const [old, { since }] of this.#expected) {
      if (now - since <= this.window) break;
      this.#expected.delete(old);
    }
    const waiters = this.#expected.get(operation)?.waiters ?? new Set();
    this.#expected.delete(operation);
    this.#expected.set(operation, { fingerprint, since: now, waiters, early: [] });
  }

  /** The queue took the operation's mutation there. */
  placed(operation: string, place: Pick<MutationPlace, 'partition' | 'offset'>): void {
    const expected = this.#expected.get(operation);
    if (expected === undefined) return;
    expected.place = place;
    for (const entry of expected.early.splice(0)) this.read(entry);
  }

  /** The operation may not have been queued: repeating it is the caller's to decide. */
  forget(operation: string): void {
    this.#expected.delete(operation);
  }

  /** Whether the log said, within the window, that the operation was applied. */
  applied(operation: string): boolean {
    return this.#isFinal(this.#table.state(operation));
  }

  /**
   * The end of an operation that was asked for before, by the same caller with the same idempotency key. Throws
   * `operation-mismatch` when that was another payload, `operation-in-flight` while it is under way.
   */
  earlier(operation: string, fingerprint: string): OperationEnd | undefined {
    const state = this.#table.state(operation);
    const expected = this.#expected.get(operation);
    const known = typeof state === 'object' ? state.fingerprint : expected?.fingerprint;
    if (known !== undefined && known !== fingerprint) throw operationMismatch(operation);
    if (state === 'pending' || (expected !== undefined && !this.#isFinal(state))) {
      throw new CofferError('operation-in-flight', 'a request with this Idempotency-Key is still under way', {
        operation,
      });
    }
    return state;
  }

  /** Resolves with the operation's end, or with `undefined` when it is not known after `limit` milliseconds. */
  wait(operation: string, limit: number): Promise<OperationEnd | undefined> {
    const state = this.#table.state(operation);
    if (typeof state === 'object') return Promise.resolve(state);
    const { promise, resolve } = Promise.withResolvers<OperationEnd | undefined>();
    const waiters = this.#expected.get(operation)?.waiters;
    const timer = setTimeout(() => {
      waiters?.delete(resolve);
      resolve(undefined);
    }, limit);
    waiters?.add(resolve);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Throws `operation-expired` for what is unknown and too old to be under way. */
  state(tenant: string, id: string): OperationState {
    const state = UUID.test(id) ? this.#table.state(id) : undefined;
    const queuedAgain = this.#expected.has(id) && !this.#isFinal(state);
    if (typeof state === 'object' && !queuedAgain) {
      if (!state.path.startsWith(`${tenant}/`)) throw this.#expired(id);
      return state.type === 'COMMIT' ? { state: 'applied' } : { state: 'failed', code: state.code };
    }
    if (state === 'pending' || queuedAgain || this.#isYoung(id)) return { state: 'pending' };
    throw this.#expired(id);
  }

  /**
   * Anybody who writes to the queue can make a worker say that an operation failed; only a mutation that this gateway put
   * at that very place did.
   */
  #believes(entry: LogEntry, { operation, partition, fence }: AbortRecord): boolean {
    const expected = this.#expected.get(operation);
    if (expected === undefined) return false;
    if (expected.place === undefined) {
      expected.early.push(entry);
      if (expected.early.length > MAX_EARLY) expected.early.shift();
      return false;
    }
    return expected.place.partition === partition && expected.place.offset === offsetOf(fence);
  }

  /** A COMMIT; an ABORT ends one attempt, and the operation may have been queued again. */
  #isFinal(state: OperationEnd | 'pending' | undefined): boolean {
    return typeof state === 'object' && state.type === 'COMMIT';
  }

  /** A derived id says nothing of its age: it counts as young for one window after it was first asked for. */
  #isYoung(id: string): boolean {
    if (!UUID.test(id)) return false;
    const made = timeOf(id);
    if (made !== undefined) return made >= this.log.horizon() && made <= this.clock.wall() + this.window;
    const now = this.clock.wall();
    const first = this.#asked.get(id) ?? now;
    this.#asked.set(id, first);
    return now - first <= this.window;
  }

  #expired(operation: string): CofferError {
    return new CofferError(
      'operation-expired',
      'no such operation within the time that outcomes are kept; read the secret to see what holds',
      UUID.test(operation) ? { operation } : {},
    );
  }
}
