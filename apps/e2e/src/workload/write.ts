import type { KeyHistory } from '../history/key-history.js';

export interface TrafficOptions {
  readonly keys: number;
  /** Each has keys of its own, and one write under way. */
  readonly lanes: number;
  /** Put before each value, so that it can be searched for. */
  readonly mark?: string;
  /** Between two reads of each reader, of which each gateway has one. Defaults to 4 ms; a suite leaves more of the machine to others. */
  readonly readIntervalMs?: number;
  /**
   * How long the end of a write is waited for that was accepted but not answered in time; then it is in doubt. Defaults to 120 s,
   * which bounds a failure only. Where the queue goes away, some writes have never reached it, and nobody can tell.
   */
  readonly endTimeoutMs?: number;
}

/** Times are of `performance.now`. */
export interface Write {
  readonly key: string;
  readonly step: number;
  readonly sent: number;
  /** When it was acknowledged, at once or by its operation. */
  applied?: number;
  /** Its operation was asked for, since the answer did not come in time. */
  late?: true;
  /** Not taken, or not known to be: it may be applied or not. */
  refused?: string;
  /** Its operation was still pending when nobody waited for it any more. */
  inDoubt?: true;
}

/** A write that was queued without waiting for its end. */
export interface Queued {
  readonly history: KeyHistory;
  readonly step: number;
  readonly operation: string;
}
