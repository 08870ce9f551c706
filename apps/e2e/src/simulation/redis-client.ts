import { RedisSharedCache, type RedisSharedCacheOptions } from '@coffer/cache/redis';
import type { SharedCache } from '@coffer/cache';
import type { KeyRing } from '@coffer/crypto';
import { ENTRY_TTL_MS } from '@coffer/coherence/simulation';
import type { Host } from './host.js';
import type { SimulatedRedis } from './simulated-redis.js';

const TAG_LENGTH = 16;
const SILENT = { lookup: () => undefined, fill: () => undefined, unreadable: () => undefined };

/** The commands of the shared cache, as its scripts in libs/cache/src/redis/scripts.ts carry them out. */
const commandsOf = (redis: SimulatedRedis, host: Host) => ({
  defineCommand: () => undefined,
  cofferGetOrLeaseBuffer: (entry: string, lease: string, token: string, leaseMs: number, unusable: 0 | 1) =>
    redis.call(host, () => {
      const held = unusable === 0 ? redis.get(entry) : undefined;
      if (held !== undefined) return held;
      if (redis.get(lease) !== undefined) return 0;
      redis.set(lease, token, leaseMs);
      return 1;
    }),
  cofferFill: (entry: string, lease: string, token: string, value: Buffer, ttlMs: number) =>
    redis.call(host, () => {
      if (redis.get(lease) !== token) return 0;
      redis.delete(lease);
      const there = redis.get(entry)?.toString('latin1').slice(0, TAG_LENGTH) ?? '';
      if (there > value.toString('latin1', 0, TAG_LENGTH)) return 0;
      redis.set(entry, value, ttlMs);
      return 1;
    }),
  cofferReleaseLease: (lease: string, token: string) =>
    redis.call(host, () => (redis.get(lease) === token ? redis.delete(lease) : 0)),
  getBuffer: (name: string) => redis.call(host, () => redis.get(name) ?? null),
  del: (...names: readonly string[]) => redis.call(host, () => redis.delete(...names)),
  disconnect: () => undefined,
});

/** The shipped shared cache of a process, connected to the simulated server. */
export const redisCacheOf = (redis: SimulatedRedis, host: Host, ring: KeyRing): SharedCache =>
  new RedisSharedCache({
    connection: commandsOf(redis, host) as unknown as RedisSharedCacheOptions['connection'],
    ring,
    clock: host.clock,
    time: host.time,
    metrics: SILENT as unknown as RedisSharedCacheOptions['metrics'],
    listener: { changed: () => undefined, failed: () => undefined },
    ...{ maxTtlMs: ENTRY_TTL_MS, timeoutMs: 50, leaseMs: 3_000, pollDelaysMs: [4, 8, 16, 32] },
  });
