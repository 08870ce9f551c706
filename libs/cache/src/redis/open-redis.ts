import type { ElapsedTime } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import type { Clock } from '@coffer/secrets';
import { MAX_SHARED_LIFE } from '../entry.js';
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
  /** Longest life of an entry, in milliseconds, the same in every process; `MAX_SHARED_LIFE` stands for more. */
  readonly life: number;
  /** Told of each connection that was lost or could not be made, and will be tried again; without the address. */
  readonly onTrouble: (reason: string) => void;
  /** Told of every error that Redis answers with: its family and what would be right. */
  readonly onError?: (family: string, advice: string) => void;
  /** Told when Redis is left alone because of failures, and when it is asked again. */
  readonly onBreaker?: (open: boolean, family: string, advice: string) => void;
  /** Longest wait of a read for one answer of Redis, in milliseconds; default 50. */
  readonly deadline?: number;
  /** Milliseconds after which a fill counts as given up; default 3,000. */
  readonly leaseTime?: number;
  /** When the entry that another caller fills is looked for, in milliseconds after one another; default 60 in all. */
  readonly waits?: readonly number[];
}

export interface RedisParts {
  readonly cache: SharedCache;
  readonly mailbox: HeartbeatMailbox;
  close(): Promise<void>;
}

const DEADLINE = 50;
const LEASE_TIME = 3_000;
const WAITS = [4, 8, 16, 32];

/** Answers at once; connections are made in the background, and what needs one fails until there is one. */
export const openRedis = (options: RedisOptions): RedisParts => {
  const { settings, ring, clock, time, metrics, onTrouble } = options;
  const life = Math.min(options.life, MAX_SHARED_LIFE);
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
    ...{ ring, clock, time, metrics, life, listener },
    connection: connect(connection),
    deadline: options.deadline ?? DEADLINE,
    leaseTime: options.leaseTime ?? LEASE_TIME,
    waits: options.waits ?? WAITS,
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
