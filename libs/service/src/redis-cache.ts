import type { SharedCacheMetrics } from '@coffer/cache';
import type { RedisParts } from '@coffer/cache/redis';
import type { ElapsedTime } from '@coffer/coherence';
import type { Configuration } from '@coffer/config';
import type { Metrics } from '@coffer/observability';
import type { Distributed } from './distributed.js';
import { ThrottledLogger } from './throttled-logger.js';

/** Whether reads of any secret are to be cached. */
export const isCacheOn = ({ caches }: Pick<Configuration, 'caches'>): boolean => caches.some(({ enabled }) => enabled);

/** The longest time to live of an entry that any manager asks for. */
const maxTtlMs = ({ caches }: Pick<Configuration, 'caches'>): number =>
  Math.max(...caches.filter(({ enabled }) => enabled).map(({ expireAfterWrite }) => expireAfterWrite));

const metricsOf = (metrics: Metrics): SharedCacheMetrics => ({
  lookup: (outcome) => metrics.sharedLooks.inc({ outcome }),
  fill: (kept) => metrics.sharedKeeps.inc({ kept: String(kept) }),
  unreadable: () => metrics.sharedUnreadable.inc(),
  breaker: (open) => metrics.sharedBreakerOpen.set(open ? 1 : 0),
  error: (family) => metrics.sharedErrors.inc({ family }),
});

/**
 * What gateways and coordinators share in Redis; `undefined` where the cache is off or there is no Redis. Does
 * not wait for Redis, and works as soon as it is there.
 */
export const openRedisCache = async (
  { configuration, ring, clock, metrics, logger }: Distributed,
  time: ElapsedTime,
): Promise<RedisParts | undefined> => {
  const { redis: settings, cache } = configuration;
  if (!isCacheOn(configuration)) return undefined;
  if (settings === undefined) {
    if (cache.mode === 'strict') {
      logger.warn('kestra.secret.cache is enabled and coffer.redis.url is not set: reads are not cached');
    }
    return undefined;
  }
  const { openRedis } = await import('@coffer/cache/redis');
  let warned = false;
  const onTrouble = (reason: string, advice?: string): void => {
    logger[warned ? 'debug' : 'warn'](
      { reason, ...(advice && { advice }) },
      'the connection to Redis failed; reconnecting',
    );
    warned = true;
    setTimeout(() => (warned = false), 60_000).unref();
  };
  const throttled = new ThrottledLogger(logger, clock);
  return openRedis({
    ...{ settings, ring, clock, time, onTrouble },
    onError: (family, advice) => throttled.log('warn', { family }, `Redis answers with an error: ${advice}`),
    onBreaker: (open, family, advice) =>
      open
        ? throttled.log('warn', { family }, `Redis is not asked for a second: ${advice}`)
        : throttled.log('info', {}, 'Redis answers again'),
    maxTtlMs: maxTtlMs(configuration),
    metrics: metricsOf(metrics),
  });
};
