import type { Heartbeat } from '../heartbeat.js';
import type { LogEntry, LogOffset, LogRecord } from '../log-record.js';

export type CoordinatorEvent =
  /**
   * This process takes the shard over. `claim` is unique for every take-over. `patient`: while another coordinator shows
   * that it lives, it waits until that one hands over.
   */
  | { readonly type: 'start'; readonly claim: string; readonly patient?: boolean }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** A heartbeat of the mailbox came; late, repeated and lost ones are in order. */
  | { readonly type: 'heartbeat'; readonly heartbeat: Heartbeat }
  /** The effect `clear` has been carried out, or has failed. */
  | { readonly type: 'clear-done'; readonly prepareOffset: LogOffset }
  /** Time has passed. Due a few times a second while the coordinator is busy. */
  | { readonly type: 'tick' }
  /**
   * All that the log held a moment ago has been read; due a few times a second while `suspects` answers true.
   * Where another coordinator has been silent for too long, this one takes the shard over, with that claim.
   */
  | { readonly type: 'caught-up'; readonly claim: string }
  /** Another process will have the shard. This one grants nothing more, and clears until it reads that one's EPOCH. Without effect while it has none. */
  | { readonly type: 'leave' };

export type CoordinatorEffect =
  | { readonly type: 'append'; readonly record: LogRecord }
  /** Delete the key's entry and its fill lease from Redis, and answer with `clear-done` in any case. */
  | { readonly type: 'clear'; readonly path: string; readonly prepareOffset: LogOffset }
  /** Another coordinator was silent for too long; this one takes the shard over. */
  | { readonly type: 'silent' }
  /** Another coordinator has the shard; this one says nothing any more. */
  | { readonly type: 'stopped' };
