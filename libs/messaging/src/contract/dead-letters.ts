import type { ErrorCode } from '@coffer/secrets';
import type { MutationDelivery } from './mutation-queue.js';

/** A mutation that failed for good, still sealed, with the class of its error only. */
export interface DeadLetter {
  /** Derived from the mutation's place in the queue: a second burial of the same mutation is the same letter. */
  readonly id: string;
  readonly delivery: MutationDelivery;
  readonly code: ErrorCode;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

export interface DeadLetters {
  /** Idempotent by id. Resolves when durable as this implementation promises. */
  bury(letter: DeadLetter): Promise<void>;
  list(): Promise<readonly DeadLetter[]>;
}
