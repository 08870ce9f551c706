import type { ChainBeginning } from '../chain/chain-records.js';

/** Where a sink writes lines. One call at a time, which the sink sees to. */
export interface AuditDestination {
  /**
   * Gets ready to take lines, and tells how what is there already ends. Rejects where that cannot be now; may be called again.
   */
  open(): Promise<ChainBeginning>;
  /**
   * Resolves once all of the lines are taken. Rejects where they were not, or not all: the same text is then written again,
   * and what of it was taken already is not repeated where the destination can tell. Rejects with a `TooLargeError` where it
   * took none of them and never will take so much at once.
   */
  write(lines: string): Promise<void>;
  /**
   * Takes all of the lines in this very step and returns true, where it can do so without holding up the process; false, or
   * an error, means that `write` has to be called with the same text. Called only while no other call is under way.
   */
  writeNow?(lines: string): boolean;
  /** Whether a write that failed like that can only succeed after `close` and `open`; without it, none is like that. */
  mustReopen?(error: unknown): boolean;
  /** After this, `open` is called before the next line. Never rejects. */
  close(): Promise<void>;
}

/** Nothing of a text was taken, and nothing of it will be as long as it is so large. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
  /** `code`: what the destination says, for the log. */
  constructor(readonly code: string) {
    super(`the destination answered ${code}: that is more than it takes at once`);
  }
}

/** What a sink tells of itself. */
export interface SinkMetrics {
  /** Records that were taken. */
  written(records: number): void;
  /** Records for which the queue had no room, or that alone are larger than the destination takes. */
  lost(records: number): void;
  /** A write, or an opening, that failed. */
  failed(): void;
}
