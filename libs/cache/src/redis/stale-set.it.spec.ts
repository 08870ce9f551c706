import { ElapsedTime, Reader, type LogRecord } from '@coffer/coherence';
import { fenceOf, systemClock } from '@coffer/secrets';
import { Redis } from 'ioredis';
import { LocalCache } from '../local-cache.js';
import { NO_SHARED_CACHE_METRICS } from '../shared-cache-metrics.js';
import { entryOf, TTL_MS, newPath, shown } from '../suite/harness.js';
import { openRedis, type RedisParts } from './open-redis.js';
import { newRing, single1 } from './test-servers.fixture.js';

/**
 * The classic stale set: a fill reads the old value, a write passes, and the fill puts the old value into the cache
 * after the write has cleared it. Each cache below goes through the very same steps on a real Redis.
 */
interface Steps {
  /** A read misses and begins to fill; answers what puts the store's answer of then into the cache. */
  beginFill(): Promise<(old: string) => Promise<void>>;
  /** What a write makes of the cache, before and after the store has the new value. */
  beforeWrite(): Promise<void>;
  afterWrite(): Promise<void>;
  /** What a read that begins after the write was acknowledged finds in the cache. */
  read(): Promise<string | undefined>;
  close(): Promise<void>;
}

const readAfterStaleSet = async (steps: Steps): Promise<string> => {
  let store = 'old';
  const put = await steps.beginFill();
  const old = store;
  await steps.beforeWrite();
  store = 'new';
  await steps.afterWrite();
  await put(old);
  const found = await steps.read();
  await steps.close();
  return found ?? store;
};

/** What everybody writes first: get, else ask the store and set with a time to live; a write deletes. */
const naive = (): Promise<Steps> => {
  const redis = new Redis(single1.settings().url.reveal(), { protocol: 2, disableClientInfo: true });
  const key = `coffer:naive:${newPath().namespace}`;
  return Promise.resolve({
    beginFill: async () => {
      expect(await redis.get(key)).toBeNull();
      return async (old) => void (await redis.set(key, old, 'PX', TTL_MS));
    },
    beforeWrite: () => Promise.resolve(),
    afterWrite: async () => void (await redis.del(key)),
    read: async () => (await redis.get(key)) ?? undefined,
    close: async () => void (await redis.quit()),
  });
};

/** `clears`: whether the coordinator's deletion reaches Redis. `knows`: whether the reader has read the records by then. */
const coherent = async ({ clears, obeys }: { clears: boolean; obeys: boolean }): Promise<Steps> => {
  const time = new ElapsedTime(systemClock);
  const open = async (): Promise<RedisParts> => {
    const parts = openRedis({
      ...{ settings: single1.settings(), ring: await newRing(), clock: systemClock, time, maxTtlMs: TTL_MS },
      ...{ metrics: NO_SHARED_CACHE_METRICS, onTrouble: () => undefined, timeoutMs: 10_000 },
    });
    while (!(await parts.cache.invalidate(newPath()))) await new Promise((resolve) => setTimeout(resolve, 5));
    return parts;
  };
  const [gateway, coordinator] = [await open(), await open()];
  const local = new LocalCache(10);
  const path = newPath();
  const key = path.toString();
  const timing = { leaseMs: 60_000, windowMs: 600_000, callTimeoutMs: 60_000 };
  const reader = new Reader({ shard: 0, instance: 'one', timing, mode: 'strict' });
  let offset = 0n;
  const log = (record: LogRecord): void => {
    const entry = { shard: 0, offset, timestamp: Date.now(), record };
    offset += 1n;
    reader.handle({ type: 'log', entry }, time.now());
  };
  reader.handle({ type: 'replay' }, time.now());
  log({ type: 'EPOCH', claim: 'c' });
  log({ type: 'OWNER', partition: 0, claim: 'w' });
  log({ type: 'GRANT', epoch: 0n, leases: [{ instance: 'one', nonce: 0 }] });
  expect(reader.leased(time.now())).toBe(true);
  const mutation = { partition: 0, owner: 1n, path: key, fence: fenceOf(1, 7n), operation: 'o' };
  return {
    beginFill: async () => {
      const flight = reader.beginLoad(key, time.now());
      const look = await gateway.cache.getOrLease(path, (stamp) => reader.hit(key, stamp, time.now()));
      if (look.kind !== 'fill') throw new Error(`expected to fill, not ${look.kind}`);
      return async (old) => {
        const entry = entryOf(old, flight.tag, flight.began + TTL_MS);
        if (!reader.mayFill(flight, time.now()) && obeys) return gateway.cache.releaseLease(look.lease);
        local.put(key, entry, time.now());
        await gateway.cache.fill(look.lease, entry);
      };
    },
    beforeWrite: async () => {
      log({ type: 'PREPARE', ...mutation, prepareNumber: 1 });
      if (clears) await coordinator.cache.invalidate(path);
    },
    afterWrite: () => {
      log({
        ...{ type: 'COMMIT', ...mutation, kind: 'put', fingerprint: 'f' },
        ...{ outcome: 'applied', sealed: new Uint8Array() },
      });
      return Promise.resolve();
    },
    read: async () => {
      const usable = (stamp: { readonly tag: bigint; readonly expires: number }): boolean =>
        reader.hit(key, stamp, time.now());
      const near = local.get(key, time.now());
      if (near !== undefined && usable(near)) return shown(near)?.value;
      const look = await gateway.cache.getOrLease(path, usable);
      return look.kind === 'hit' ? shown(look.entry)?.value : undefined;
    },
    close: async () => void (await Promise.all([gateway.close(), coordinator.close()])),
  };
};

describe('the classic stale set, on a real Redis', () => {
  it('makes a naive cache answer an old value after the write was acknowledged', async () => {
    expect(await readAfterStaleSet(await naive())).toBe('old');
  });

  it('is refused by the reader, whose flight the write has killed', async () => {
    expect(await readAfterStaleSet(await coherent({ clears: true, obeys: true }))).toBe('new');
  });

  it('is refused by Redis, where the coordinator took the fill lease back', async () => {
    expect(await readAfterStaleSet(await coherent({ clears: true, obeys: false }))).toBe('new');
  });

  it('is of no use where it arrives all the same: its tag is below the fence', async () => {
    expect(await readAfterStaleSet(await coherent({ clears: false, obeys: false }))).toBe('new');
  });
});
