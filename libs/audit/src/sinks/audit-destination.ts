import type { ChainBeginning } from '../chain/chain-records.js';

/** Where a sink writes lines. One call at a time, which the sink sees to. */
export interface AuditDestination {
  /**
   * Gets ready to take lines, and tells how what is there already ends. Rejects where that cannot be now; may be called again.
   */
  open(): Promise<ChainBeginning>;
  /**
   * Resolves once all of the lines are taken. Rejects where they were not, or not all: the same text is then written again,
   * and what of it was taken already is not repeated where the destination can tell.
   */
  write(lines: string): Promise<void>;
  /** After this, `open` is called before the next line. Never rejects. */
  close(): Promise<void>;
}

/** What a sink tells of itself. */
export interface SinkMetrics {
  /** Records that were taken. */
  written(records: number): void;
  /** Records for which the queue had no room. */
  lost(records: number): void;
  /** A write, or an opening, that failed. */
  failed(): void;
}
