import type { ElapsedTime } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import type { Clock } from '@coffer/secrets';
import { MAX_SHARED_TTL_MS } from '../entry.js';
import type { HeartbeatMailbox } from '../heartbeat-mailbox.js';
import type { SharedCacheMetrics } from '../shared-cache-metrics.js';
import type { SharedCache } from '../shared-cache.js';
import type { BreakerListener } from './breaker.js';
import { connect, type RedisSettings } from './connection.js';
import { adviceOf, familyOf, type ErrorFamily } from './error-family.js';
import { RedisMailbox } from './redis-mailbox.js';
import { RedisSharedCache } from './redis-shared-cache.js';

export type { RedisSettings } from './connection.js';

export interface RedisOptions {
  readonly settings: RedisSettings;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly time: ElapsedTime;
  readonly metrics: SharedCacheMetrics;
  /** The maximum time to live of an entry, the same in every process; at most `MAX_SHARED_TTL_MS`. */
  readonly maxTtlMs: number;
  /** Called when a connection was lost or could not be made, and will be tried again; the reason is without the address. */
  readonly onTrouble: (reason: string, advice?: string) => void;
  /** Called with every error that Redis answers with: its family and what would be right. */
  readonly onError?: (family: string, advice: string) => void;
  /** Called when Redis is left alone because of failures, and when it is asked again. */
  readonly onBreaker?: (open: boolean, family: string, advice: string) => void;
  /** How long a read waits for one answer of Redis. Defaults to 50. */
  readonly timeoutMs?: number;
  /** A fill that takes longer counts as abandoned. Defaults to 3,000. */
  readonly leaseMs?: number;
  /** The pauses before each look for the entry that another caller fills. Defaults to 60 in all. */
  readonly pollDelaysMs?: readonly number[];
}

export interface RedisParts {
  readonly cache: SharedCache;
  readonly mailbox: HeartbeatMailbox;
  close(): Promise<void>;
}

const TIMEOUT_MS = 50;
const LEASE_MS = 3_000;
const POLL_DELAYS_MS = [4, 8, 16, 32];

/** Answers at once; connections are made in the background, and what needs one fails until there is one. */
export const openRedis = (options: RedisOptions): RedisParts => {
  const { settings, ring, clock, time, metrics, onTrouble } = options;
  const maxTtlMs = Math.min(options.maxTtlMs, MAX_SHARED_TTL_MS);
  const connection = { settings, onTrouble };
  const failed = (family: ErrorFamily): void => {
    metrics.error(family);
    if (family !== 'timeout' && family !== 'connection') options.onError?.(family, adviceOf(family));
  };
  const listener: BreakerListener = {
    failed,
    changed: (open, cause) => {
      metrics.breaker(open);
      options.onBreaker?.(open, cause, adviceOf(cause));
    },
  };
  const cache = new RedisSharedCache({
    ...{ ring, clock, time, metrics, maxTtlMs, listener },
    connection: connect(connection),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    leaseMs: options.leaseMs ?? LEASE_MS,
    pollDelaysMs: options.pollDelaysMs ?? POLL_DELAYS_MS,
  });
  const mailbox = new RedisMailbox({
    ring,
    connection: connect(connection),
    subscribe: () => connect(connection, true),
    onError: (error) => failed(familyOf(error)),
  });
  return {
    cache,
    mailbox,
    close: async () => {
      await Promise.all([cache.close(), mailbox.close()]);
    },
  };
};
