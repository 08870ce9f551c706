import type { ErrorCode, Fence, MutationKind } from '@coffer/secrets';
import type { AbortRecord, CommitRecord, LogEntry, LogRecord } from '../log-record.js';

/**
 * A worker's attempt to apply one mutation under its fence, as the applier knows it; what the mutation says stays with the
 * runtime. It lasts until the mutation has ended or the partition is lost, however many calls to the store it takes.
 */
export interface Attempt {
  readonly offset: bigint;
  readonly fence: Fence;
  /** `SecretPath.toString()`, or what a mutation that is poison is to be known by. */
  readonly path: string;
  readonly operation: string;
  readonly kind: MutationKind;
  readonly fingerprint: string;
  /** Which store the path belongs to, for the breaker. */
  readonly manager: string;
  /** Identifies the sealed body, which nobody can make without the key: two with the same one are copies. */
  readonly seal?: string;
  /** The queue delivered it before, in another place: it has no effect. */
  readonly repeats?: boolean;
  /** Set when it is not what a gateway queued there: the mutation can only become a dead letter. */
  readonly poison?: ErrorCode;
}

/** What one call to the store says about the attempt. */
export type AttemptResult =
  | { readonly kind: 'applied'; readonly sealed: Uint8Array }
  /** The store holds a higher fence. */
  | { readonly kind: 'superseded' }
  /** The store holds a fence that no mutation of this partition can have had. */
  | { readonly kind: 'fence-ahead'; readonly storedFence: Fence }
  /** A definite no: this call did not and will not take effect. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly retryable: boolean }
  /** Timed out or cut: this call may take effect at any time. */
  | { readonly kind: 'unknown' };

export type ApplierEvent =
  /** This process takes the partition over. `claim` is unique for every take-over. */
  | { readonly type: 'start'; readonly claim: string }
  /** The partition may belong to another process from now on. */
  | { readonly type: 'stop' }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** The queue delivered a mutation. */
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  /** `call`: of the effect that asked for it. */
  | { readonly type: 'result'; readonly fence: Fence; readonly call: number; readonly result: AttemptResult }
  /** The dead letter is durable. */
  | { readonly type: 'dead-lettered'; readonly fence: Fence }
  /** The circuit breaker of a manager's store opened or closed. */
  | { readonly type: 'breaker'; readonly manager: string; readonly open: boolean }
  /** Time has passed. Due a few times a second while the applier is busy. */
  | { readonly type: 'tick' };

export type ApplierEffect =
  /** A failed append needs no answer: what is not read back is sent again by a timer. */
  | { readonly type: 'append'; readonly record: LogRecord }
  /**
   * Write to the store under the fence, and answer with `result` in any case. `unresolved`: a call under the same fence, of
   * this worker or an earlier owner, may have taken effect, or still may.
   */
  | { readonly type: 'apply'; readonly attempt: Attempt; readonly call: number; readonly unresolved: boolean }
  /** Write a dead letter, retry until it is durable, and answer with `dead-lettered`. */
  | { readonly type: 'dead-letter'; readonly attempt: Attempt; readonly code: ErrorCode }
  /** The mutation is finished; its offset may be committed. `end` is absent when it had ended before this owner's time. */
  | { readonly type: 'finish'; readonly attempt: Attempt; readonly end?: CommitRecord | AbortRecord }
  /** This process lost the partition: what it has in hand counts for nothing any more. */
  | { readonly type: 'stopped' }
  /** The partition stops: see `fence-ahead`. Nothing of it is finished until the generation is raised. */
  | { readonly type: 'halted'; readonly attempt: Attempt; readonly storedFence: Fence };
