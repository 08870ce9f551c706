import type { Heartbeat } from '../heartbeat.js';
import type { LogEntry, LogOffset, LogRecord } from '../log-record.js';

export type CoordinatorEvent =
  /** This process takes the shard over. `claim` is unique for every take-over. */
  | { readonly type: 'start'; readonly claim: string }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** From the mailbox: late, repeated and lost ones are in order. */
  | { readonly type: 'heartbeat'; readonly heartbeat: Heartbeat }
  /** The effect `clear` has been carried out, or has failed. */
  | { readonly type: 'clear-done'; readonly prepareOffset: LogOffset }
  /** Time has passed. Due a few times a second while the coordinator is busy. */
  | { readonly type: 'tick' }
  /** All that the log held a moment ago has been read. Due a few times a second while the coordinator is `doubtful`. */
  | { readonly type: 'abreast' }
  /** Another process will have the shard. This one grants nothing more, and clears until it reads that one's EPOCH. Without effect while it has none. */
  | { readonly type: 'leave' };

export type CoordinatorEffect =
  | { readonly type: 'append'; readonly record: LogRecord }
  /** Delete the key's entry and its fill lease from Redis, and answer with `clear-done` in any case. */
  | { readonly type: 'clear'; readonly path: string; readonly prepareOffset: LogOffset }
  /** Whoever has the shard says nothing though a writer waits: this process should take it over, with `start`. */
  | { readonly type: 'silent' }
  /** Another coordinator has the shard; this one says nothing any more. */
  | { readonly type: 'stopped' };
