export * from './open-redis.js';
export { RedisSharedCache, type RedisSharedCacheOptions } from './redis-shared-cache.js';
