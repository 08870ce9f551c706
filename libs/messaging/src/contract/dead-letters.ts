import type { ErrorCode, Fence } from '@coffer/secrets';
import type { SealedMutation } from './mutation-queue.js';

/** A mutation that failed for good, as it was queued, with the class of its error only. */
export interface DeadLetter {
  /** See `deadLetterId`: the same mutation always has the same id. */
  readonly id: string;
  readonly mutation: SealedMutation;
  readonly code: ErrorCode;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** A letter without its mutation's body. */
export interface DeadLetterSummary
  extends Omit<DeadLetter, 'mutation'>, Pick<SealedMutation, 'operation' | 'kind' | 'path'> {}

export const summaryOf = ({ id, code, time, mutation }: DeadLetter): DeadLetterSummary => {
  const { operation, kind, path } = mutation;
  return { id, code, time, operation, kind, path };
};

export interface DeadLetters {
  /** Idempotent by id. Resolves when durable as this implementation promises. */
  add(deadLetter: DeadLetter): Promise<void>;
  /** Every dead letter that was added and not discarded before the call began. `unavailable` when that cannot be known. */
  list(): Promise<readonly DeadLetterSummary[]>;
  /** The whole dead letter, as `list` promises; `undefined` when there is none of that id. */
  find(id: string): Promise<DeadLetter | undefined>;
  /** Idempotent, also for one that never was. Resolves when durable as this implementation promises. */
  discard(id: string): Promise<void>;
}

/** Derived from the mutation's place in the queue. */
export const deadLetterId = (fence: Fence, partition: number): string => `${fence}-${partition}`;

const ID = /^\d{1,19}-\d{1,9}$/;

export const isDeadLetterId = (text: string): boolean => ID.test(text);
