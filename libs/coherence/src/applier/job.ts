import type { ErrorCode } from '@coffer/secrets';
import type { AbortRecord, CommitRecord, LogOffset, PrepareRecord } from '../log-record.js';
import type { Timing } from '../timing.js';
import type { Attempt, AttemptResult } from './events.js';

/**
 * Where a mutation at the head of its path's queue stands.
 *
 * pausing → preparing → applying → ending → (removed once its end was read back)
 *    ↑____________________|  └→ dead-lettering → ending
 *
 * A drop asks no store and ends from `preparing`; what cannot be opened is dead-lettered from `pausing`.
 */
export type Phase =
  | { readonly name: 'pausing'; readonly until: number }
  /** A PREPARE was sent at `sentAt`, and read back at `offset` once that is set; the CLEARED of that offset counts. */
  | { readonly name: 'preparing'; readonly sentAt: number; readonly offset?: LogOffset }
  | { readonly name: 'applying' }
  | { readonly name: 'dead-lettering'; readonly code: ErrorCode }
  /** `Job.ending`, a COMMIT or an ABORT, was sent at `sentAt`, and again until it is read back. */
  | { readonly name: 'ending'; readonly sentAt: number };

/**
 * Refusals that follow from the mutation's own content and the state of its key, which only this key's owner changes:
 * an earlier call under the same fence that is still under way can only be refused likewise.
 */
const REFUSED_ALIKE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['not-found', 'invalid', 'too-large', 'corrupt'] as const),
  'precondition-failed',
]);

/**
 * Answers that are told to the caller and end the mutation without a dead letter: those that any client may provoke at
 * will, and those that the operator causes for all callers, whose mutations would fill the dead letters with what only
 * has to be written again. What is wrong with the mutation itself becomes a dead letter.
 */
const WITHOUT_DEAD_LETTER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['not-found', 'read-only', 'precondition-failed'] as const),
  ...(['denied', 'unauthenticated', 'configuration'] as const),
]);

export const needsDeadLetter = (code: ErrorCode): boolean => !WITHOUT_DEAD_LETTER.has(code);

/** The owner of a partition, in whose name records are written. */
export interface Identity {
  readonly partition: number;
  readonly owner: LogOffset;
}

/** An attempt, and what has come of it so far. */
export class Job {
  phase: Phase = { name: 'pausing', until: 0 };
  /** PREPAREs sent; the number of the latest one. */
  prepares = 0;
  /** When it was sent. */
  preparedAt = -Infinity;
  /** The number of the latest call to the store; unique in the life of the applier. */
  call = 0;
  /** Failures in a row, for the backoff. */
  failures = 0;
  /** A call under this fence, of this worker or an earlier owner, may still take effect. */
  unresolved = false;
  /** Where the PREPARE stands under which the store was last asked. */
  prepareOffset: LogOffset | undefined;
  /** It repeats another mutation, which has ended: it has no effect, however long it waits for its turn. */
  repeats = false;
  /** What ends the mutation in the log, once it is known; sent again until it is read back. */
  ending: CommitRecord | AbortRecord | undefined;

  constructor(readonly attempt: Attempt) {}

  get isUnderWay(): boolean {
    return this.phase.name === 'preparing' || this.phase.name === 'applying';
  }

  /** Whether it was prepared before, by this worker or an earlier owner. */
  get begun(): boolean {
    return this.prepares > 0 || this.unresolved;
  }

  /** Whether the store certainly knows nothing of the mutation. */
  get untouched(): boolean {
    return (this.phase.name === 'pausing' || this.phase.name === 'preparing') && !this.unresolved;
  }

  /** Rule 14: no PREPARE while the store's breaker is open, unless the attempt is unresolved. A drop asks no store. */
  isHeldBy(breakers: ReadonlySet<string>): boolean {
    return breakers.has(this.attempt.manager) && !this.unresolved && this.attempt.kind !== 'drop';
  }

  /**
   * Rule 13: the store may change at any time, and readers forget a PREPARE after the window. Not once it certainly did
   * not change: a PREPARE that came after the ABORT would block the key with nothing left to end it.
   */
  fades(now: number, after: number): boolean {
    const mayChange =
      this.phase.name === 'applying' || (this.phase.name === 'ending' && this.ending?.type === 'COMMIT');
    return mayChange && now - this.preparedAt >= after;
  }

  /** Counts one PREPARE more, sent now. */
  prepare(identity: Identity, now: number): PrepareRecord {
    this.preparedAt = now;
    this.prepares += 1;
    const { path, fence, operation } = this.attempt;
    return { type: 'PREPARE', ...identity, path, fence, operation, prepareNumber: this.prepares };
  }

  /** Doubling, with a spread of one half taken from the fence, so that keys that failed together do not return together. */
  pause({ firstMs, maxMs }: Timing['backoff'], now: number): void {
    const spread = 0.5 + Number(this.attempt.offset % 64n) / 128;
    this.phase = { name: 'pausing', until: now + Math.min(maxMs, firstMs * 2 ** this.failures) * spread };
    this.failures += 1;
  }

  commit(identity: Identity, outcome: CommitRecord['outcome'], sealed: Uint8Array = new Uint8Array()): CommitRecord {
    return { type: 'COMMIT', ...identity, ...this.#endFields, outcome, sealed };
  }

  abort(identity: Identity, code: ErrorCode): AbortRecord {
    const { seal, poison } = this.attempt;
    return {
      ...{ type: 'ABORT', ...identity, ...this.#endFields, code },
      ...(this.prepareOffset === undefined ? {} : { prepareOffset: this.prepareOffset }),
      ...(seal === undefined ? {} : { seal }),
      ...(poison === undefined ? {} : { claimed: true }),
    };
  }

  /** Whether a refusal ends the mutation, rather than being tried again. */
  isFinal(result: Extract<AttemptResult, { kind: 'refused' }>): boolean {
    return !result.retryable && (!this.unresolved || REFUSED_ALIKE.has(result.code));
  }

  get #endFields(): Pick<Attempt, 'path' | 'fence' | 'operation' | 'kind' | 'fingerprint'> {
    const { path, fence, operation, kind, fingerprint } = this.attempt;
    return { path, fence, operation, kind, fingerprint };
  }
}
