import type { Fence } from '@coffer/secrets';
import type { Heartbeat } from '../heartbeat.js';
import type { LogEntry } from '../log-record.js';

export type ReaderEvent =
  /**
   * The shard is read again from `now − window` on: at start, after a gap, and when the effect `replay` asked for it.
   * Entries count from here on only.
   */
  | { readonly type: 'replay' }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** Time has passed. Due at least every T/8. */
  | { readonly type: 'tick' }
  /** The process ends soon: no hit is served from here on, and the lease is given back. */
  | { readonly type: 'leave' };

export type ReaderEffect =
  /**
   * Tell the coordinator, as soon as the entries at hand have been read; not to be tried again when that fails. One
   * without a nonce may be dropped in favour of a later heartbeat of the same shard.
   */
  | { readonly type: 'heartbeat'; readonly heartbeat: Heartbeat }
  /** Entries of the path below the fence are of no use any more. Frees memory; nothing depends on it. */
  | { readonly type: 'evict'; readonly path: string; readonly fence: Fence }
  /** Drop every entry of the shard in the memory of this process, before anything else. */
  | { readonly type: 'forget' }
  /** Read the shard again from `now − window`, and say so with the event of that name. */
  | { readonly type: 'replay' };

/** What an entry of any cache, positive or negative, is judged by. */
export interface EntryStamp {
  /** The filling reader's fence for the key when the fill began; 0 for none. */
  readonly tag: bigint;
  /** When it expires, on the clock of `now`: counted from before the store was asked. */
  readonly expires: number;
}
