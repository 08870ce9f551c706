import { LRUCache } from 'lru-cache';
import { CofferError, offsetOf, type Clock } from '@coffer/secrets';
import {
  OperationTable,
  type AbortRecord,
  type LogEntry,
  type OperationEnd,
  type OperationFate,
} from '@coffer/coherence';
import type { CoherenceLog, QueuePlace } from '@coffer/messaging';
import type { BudgetReading } from '@coffer/observability';
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
  place?: Pick<QueuePlace, 'partition' | 'offset'>;
  /** Whether the queue certainly has not taken it, after its caller was told that nobody knows. */
  readonly refused?: true;
  /** ABORTs that were read before it was known: whether one is of this mutation cannot be told yet. */
  early: LogEntry[];
  readonly ended: Promise<OperationEnd>;
  readonly end: (end: OperationEnd) => void;
}

/** How much later than the window outcomes are dropped where no record of the log does it; the log's clock may be off. */
const CLOCK_SKEW_MS = 60_000;
/** How often that is looked after, as a part of the window. */
const SWEEPS = 16;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** When a UUIDv7 was made, in milliseconds since the Unix epoch; `undefined` for UUIDs of other versions. */
const timeOf = (id: string): number | undefined =>
  id[14] === '7' ? parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

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

  #sweeps: NodeJS.Timeout | undefined;

  /** `windowMs`: the replay window. `maxBytes`: see `OperationTable`. */
  constructor(
    private readonly windowMs: number,
    private readonly log: Pick<CoherenceLog, 'horizon'>,
    private readonly clock: Clock,
    private readonly maxBytes = Infinity,
  ) {
    this.#table = new OperationTable(windowMs, maxBytes);
  }

  /** Begins to forget what is over. */
  start(): void {
    this.#sweeps = setInterval(() => this.sweep(), this.windowMs / SWEEPS).unref();
  }

  close(): void {
    clearInterval(this.#sweeps);
  }

  /** What is remembered, for metrics. */
  get memory(): BudgetReading {
    const { bytes, evictions } = this.#table;
    return { bytes, limitBytes: this.maxBytes, evictions };
  }

  /** Forgets what is over also where the log stands still. */
  sweep(): void {
    const now = this.clock.wall();
    this.#table.forget(now - this.windowMs - CLOCK_SKEW_MS);
    this.#forgetExpected(now);
  }

  /** Takes a record of the log into account and wakes who waits for it. */
  read(entry: LogEntry): void {
    const end = this.#table.read(entry, (abort) => this.#believes(entry, abort));
    if (end === undefined) return;
    this.#expected.get(end.operation)?.end(end);
    this.#expected.delete(end.operation);
  }

  /**
   * This gateway is about to queue the operation, or to queue it again: it is under way until its next end is read,
   * which resolves the promise.
   */
  expect(operation: string, fingerprint: string): Promise<OperationEnd> {
    const now = this.clock.wall();
    this.#forgetExpected(now);
    const { ended, end } = this.#expected.get(operation) ?? newEnd();
    this.#expected.delete(operation);
    this.#expected.set(operation, { fingerprint, since: now, ended, end, early: [] });
    return ended;
  }

  /** The queue certainly has not taken the operation, whose caller was told to ask for it. */
  refuse(operation: string, fingerprint: string): void {
    this.#expected.set(operation, { fingerprint, since: this.clock.wall(), refused: true, early: [], ...newEnd() });
  }

  /** The queue took the operation's mutation there. */
  placed(operation: string, place: Pick<QueuePlace, 'partition' | 'offset'>): void {
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
   * How an operation ended that was asked for before, by the same caller with the same idempotency key. Throws
   * `operation-mismatch` when that was another payload, `operation-in-flight` while it is under way.
   */
  earlier(operation: string, fingerprint: string): OperationFate | undefined {
    const state = this.#table.state(operation);
    const expected = this.#expected.get(operation);
    const isOther =
      typeof state === 'object'
        ? !state.hasFingerprint(fingerprint)
        : (expected?.fingerprint ?? fingerprint) !== fingerprint;
    if (isOther) throw operationMismatch(operation);
    if (state === 'pending' || this.#isQueued(expected, state)) {
      throw new CofferError('operation-in-flight', 'a request with this Idempotency-Key is still under way', {
        operation,
      });
    }
    return state;
  }

  /** Throws `overloaded` when no more operations can be remembered that their callers may repeat. */
  requireRoom(): void {
    if (!this.#table.full) return;
    const minutes = Math.ceil(this.windowMs / 60_000);
    throw new CofferError(
      'overloaded',
      `the Idempotency-Keys of the last ${minutes} minutes take up all of coffer.limits.operations; nothing was queued: ` +
        'try again later, or without a key',
    );
  }

  /** Throws `operation-expired` for what is unknown and too old to be under way. */
  state(tenant: string, id: string): OperationState {
    const state = UUID.test(id) ? this.#table.state(id) : undefined;
    const expected = this.#expected.get(id);
    if (expected?.refused === true && state === undefined) return { state: 'failed', code: 'unavailable' };
    const queued = this.#isQueued(expected, state);
    if (typeof state === 'object' && !queued) {
      if (state.tenant !== tenant) throw this.#expired(id);
      return state.type === 'COMMIT' ? { state: 'applied' } : { state: 'failed', code: state.code ?? 'internal' };
    }
    if (state === 'pending' || queued || this.#isYoung(id)) return { state: 'pending' };
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
  #isFinal(state: OperationFate | 'pending' | undefined): boolean {
    return typeof state === 'object' && state.type === 'COMMIT';
  }

  /** Whether this gateway has queued the operation, or may have, and its end is not known yet. */
  #isQueued(expected: Expected | undefined, state: OperationFate | 'pending' | undefined): boolean {
    return expected !== undefined && expected.refused !== true && !this.#isFinal(state);
  }

  /** A derived id says nothing of its age: it counts as young for one window after it was first asked for. */
  #isYoung(id: string): boolean {
    if (!UUID.test(id)) return false;
    const made = timeOf(id);
    const knownSince = Math.max(this.log.horizon(), this.#table.completeSince);
    if (made !== undefined) return made >= knownSince && made <= this.clock.wall() + this.windowMs;
    const now = this.clock.wall();
    const first = this.#asked.get(id) ?? now;
    this.#asked.set(id, first);
    return now - first <= this.windowMs;
  }

  #expired(operation: string): CofferError {
    return new CofferError(
      'operation-expired',
      'no such operation within the time that outcomes are kept; read the secret to see what holds',
      UUID.test(operation) ? { operation } : {},
    );
  }

  #forgetExpected(now: number): void {
    for (const [old, { since }] of this.#expected) {
      if (now - since <= this.windowMs) break;
      this.#expected.delete(old);
    }
  }
}

const newEnd = (): Pick<Expected, 'ended' | 'end'> => {
  const { promise: ended, resolve: end } = Promise.withResolvers<OperationEnd>();
  return { ended, end };
};
