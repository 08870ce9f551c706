import type { LogOffset } from './log-record.js';

/**
 * What a reader tells the coordinator of its shard, past the log: lost, late, repeated or from another time, it costs
 * time and nothing else.
 */
export interface Heartbeat {
  readonly shard: number;
  /** Names one reader in one life of its process; never used again. */
  readonly instance: string;
  /** Asks for a lease, counted from when this was sent. Without it the heartbeat reports the position only. */
  readonly nonce?: number;
  /** Everything below it has been read. */
  readonly position: LogOffset;
  /** This instance serves nothing from a cache any more, nor ever will. */
  readonly leaving: boolean;
}
