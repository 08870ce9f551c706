import type { LogEntry, LogOffset, LogRecord } from '@coffer/coherence';

/** The one ordered log that is the only authority: a sequence of records for each shard. */
export interface CoherenceLog {
  readonly shards: number;
  /**
   * Lower-case hexadecimal digits that name this log, in every process that reads it: offsets of a log with another name
   * mean nothing here.
   */
  readonly identity: string;
  /**
   * Appends and answers the record's offset. A rejection (`unavailable`, `timeout`) leaves open whether the record is
   * in the log; it may also appear later.
   */
  append(shard: number, record: LogRecord): Promise<LogOffset>;
  /**
   * Reads every record of the shards that is younger than the replay window, then follows. Per shard the listener sees
   * each record once, in order, one at a time (the next waits for its promise). `caughtUp` is called once for each
   * shard, after every record that was there when the tail began.
   */
  tail(shards: readonly number[], listener: LogListener): Promise<LogTail>;
  /**
   * Resolves when every tail of this process has taken in all that was in the log when this was called. Throws
   * `unavailable` when that cannot be known, or not before the signal.
   */
  reachEnd(signal: AbortSignal): Promise<void>;
  /** Records older than this (milliseconds since the Unix epoch) may be gone. */
  horizon(): number;
  close(): Promise<void>;
}

export interface LogListener {
  read(entry: LogEntry): void | Promise<void>;
  caughtUp?(shard: number): void;
}

export interface LogTail {
  close(): Promise<void>;
}
