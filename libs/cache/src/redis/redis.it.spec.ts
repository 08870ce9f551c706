import { ElapsedTime } from '@coffer/coherence';
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { KeyRing } from '@coffer/crypto';
import { SecretValue, systemClock } from '@coffer/secrets';
import { NO_SHARED_CACHE_METRICS, type LookupOutcome } from '../shared-cache-metrics.js';
import { describeMailbox } from '../suite/describe-mailbox.js';
import { describeSharedCache } from '../suite/describe-shared-cache.js';
import { entryOf, TTL_MS, newPath, shown } from '../suite/harness.js';
import { openRedis, type RedisOptions, type RedisParts } from './open-redis.js';
import { newRing, SERVERS, single1 } from './test-servers.fixture.js';

/** Long enough for a machine that is busy with other tests. */
const PATIENT = { timeoutMs: 10_000, pollDelaysMs: [5, 10, 20, 40, 80] };

const open = (settings: RedisOptions['settings'], options: Partial<RedisOptions> & Pick<RedisOptions, 'ring'>) =>
  openRedis({
    settings,
    clock: systemClock,
    time: new ElapsedTime(systemClock),
    metrics: NO_SHARED_CACHE_METRICS,
    maxTtlMs: TTL_MS,
    onTrouble: () => undefined,
    ...PATIENT,
    ...options,
  });

/** Looks again while the event loop turns. */
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Once its connections are there. */
const connected = async (parts: RedisParts): Promise<RedisParts> => {
  await until(() => parts.cache.invalidate(newPath()));
  return parts;
};

describe.each(SERVERS)('$name', ({ name, settings, dump }) => {
  let ring: KeyRing;
  beforeAll(async () => {
    ring = await newRing();
  });

  describeSharedCache({
    name,
    open: async (options) => {
      const [one, other] = [open(settings(), { ring, ...options }), open(settings(), { ring, ...options })];
      await Promise.all([connected(one), connected(other)]);
      return {
        one: one.cache,
        other: other.cache,
        close: async () => void (await Promise.all([one.close(), other.close()])),
      };
    },
  });

  describeMailbox({
    name,
    open: () => {
      const [reader, coordinator] = [open(settings(), { ring }), open(settings(), { ring })];
      const close = async (): Promise<void> => void (await Promise.all([reader.close(), coordinator.close()]));
      return Promise.resolve({ reader: reader.mailbox, coordinator: coordinator.mailbox, close });
    },
  });

  it('shows neither path nor value, and keeps nothing for ever', async () => {
    const parts = await connected(open(settings(), { ring }));
    const [kept, filling] = [newPath('CANARYKEY'), newPath('CANARYKEY')];
    const look = await parts.cache.getOrLease(kept, () => true);
    if (look.kind !== 'fill') throw new Error('not empty');
    await parts.cache.fill(look.lease, entryOf('canaryvalue', 1n, performance.now() + TTL_MS));
    await parts.cache.getOrLease(filling, () => true);
    const all = await dump();
    await parts.close();
    expect(all.filter(({ key }) => key.endsWith(':entry')).length).toBeGreaterThan(0);
    expect(all.filter(({ key }) => key.endsWith(':fill')).length).toBeGreaterThan(0);
    for (const { key, value, ttlMs } of all) {
      const text = `${key} ${value.toString('latin1')}`;
      expect(['CANARYKEY', 'canaryvalue', kept.namespace].filter((mark) => text.includes(mark))).toEqual([]);
      expect(ttlMs).toBeGreaterThan(0);
      expect(ttlMs).toBeLessThanOrEqual(TTL_MS);
    }
  });
});

describe('redis out of reach', () => {
  const at = (port: number): RedisOptions['settings'] => {
    const url = new URL(single1.settings().url.reveal());
    url.port = String(port);
    return { url: new SecretValue(url.href), cluster: false };
  };
  let proxy: FaultyProxy;
  let parts: RedisParts;
  let looks: LookupOutcome[];
  let breaker: boolean[];

  beforeEach(async () => {
    const { hostname, port } = new URL(single1.settings().url.reveal());
    proxy = await FaultyProxy.to(Number(port), { host: hostname });
    [looks, breaker] = [[], []];
    const metrics = {
      ...NO_SHARED_CACHE_METRICS,
      lookup: (outcome: LookupOutcome) => looks.push(outcome),
      breaker: (isOpen: boolean) => breaker.push(isOpen),
    };
    parts = open(at(proxy.port), { ring: await newRing(), metrics, timeoutMs: 100 });
    await connected(parts);
    breaker = [];
  });
  afterEach(async () => {
    await parts.close();
    await proxy.close();
  });

  it.each(['reset', 'cut-on-request', 'swallow'] as const)('(%s) is a miss, and comes back by itself', async (mode) => {
    proxy.set(mode);
    for (let call = 0; call < 10; call += 1) {
      expect((await parts.cache.getOrLease(newPath(), () => true)).kind).toBe('miss');
    }
    expect(await parts.cache.invalidate(newPath())).toBe(false);
    await parts.cache.releaseLease({ path: newPath(), token: 'x' });
    parts.mailbox.post({ shard: 0, instance: 'i', position: 1n, leaving: false });
    expect(new Set(looks)).toEqual(new Set(['failed']));
    expect(breaker).toContain(true);
    proxy.set('pass');
    await until(async () => (await parts.cache.getOrLease(newPath(), () => true)).kind === 'fill');
    expect(breaker.at(-1)).toBe(false);
  });
});

describe('what somebody else wrote', () => {
  it('is neither read nor in the way, when it was sealed by a key that is gone', async () => {
    const settings = single1.settings();
    const [ours, gone] = [await newRing('k1', 'a'), await newRing('k1', 'b')];
    // Both rings give the same name only if they share the key: the entry is put there under ours by hand.
    const unreadable = jest.fn();
    const parts = await connected(open(settings, { ring: ours, metrics: { ...NO_SHARED_CACHE_METRICS, unreadable } }));
    const path = newPath();
    const { namesFor } = await import('./names.js');
    const { Redis } = await import('ioredis');
    const raw = new Redis(settings.url.reveal(), { protocol: 2, disableClientInfo: true, enableReadyCheck: false });
    const sealed = gone.seal(Buffer.from('["0",9999999999999,"v","old"]'), { purpose: 'redis', path });
    await raw.set(namesFor(ours, path).entry, Buffer.concat([Buffer.alloc(16, '0'), sealed]), 'PX', 60_000);
    raw.disconnect();
    const look = await parts.cache.getOrLease(path, () => true);
    expect(look.kind).toBe('fill');
    expect(unreadable).toHaveBeenCalledTimes(1);
    if (look.kind === 'fill') await parts.cache.fill(look.lease, entryOf('new', 0n, performance.now() + TTL_MS));
    const again = await parts.cache.getOrLease(path, () => true);
    expect(again.kind === 'hit' && shown(again.entry)?.value).toBe('new');
    await parts.close();
  });

  it('does not live longer than any entry does, though its clock is ahead', async () => {
    const ring = await newRing();
    const ahead = { monotonic: () => performance.now(), wall: () => Date.now() + 3_600_000 };
    const writer = await connected(open(single1.settings(), { ring, clock: ahead, time: new ElapsedTime(ahead) }));
    const reader = await connected(open(single1.settings(), { ring }));
    const path = newPath();
    const look = await writer.cache.getOrLease(path, () => true);
    if (look.kind !== 'fill') throw new Error('not empty');
    await writer.cache.fill(look.lease, entryOf('a', 0n, new ElapsedTime(ahead).now() + TTL_MS));
    expect((await reader.cache.getOrLease(path, () => true)).kind).toBe('fill');
    await Promise.all([writer.close(), reader.close()]);
  });

  it('is found and cleared while another key becomes the active one', async () => {
    const secret = (seed: string) => new SecretValue(Buffer.alloc(32, seed).toString('base64'));
    const before = await KeyRing.derive([
      { id: 'old', active: true, secret: secret('o') },
      { id: 'new', active: false, secret: secret('n') },
    ]);
    const after = await KeyRing.derive([
      { id: 'old', active: false, secret: secret('o') },
      { id: 'new', active: true, secret: secret('n') },
    ]);
    const gateway = await connected(open(single1.settings(), { ring: before }));
    const coordinator = await connected(open(single1.settings(), { ring: after }));
    const path = newPath();
    const look = await gateway.cache.getOrLease(path, () => true);
    if (look.kind !== 'fill') throw new Error('not empty');
    await gateway.cache.fill(look.lease, entryOf('a', 0n, performance.now() + TTL_MS));
    expect((await gateway.cache.getOrLease(path, () => true)).kind).toBe('hit');
    expect(await coordinator.cache.invalidate(path)).toBe(true);
    expect((await gateway.cache.getOrLease(path, () => true)).kind).toBe('fill');
    const heard = new Promise((resolve) => coordinator.mailbox.listen(resolve));
    let over = false;
    void heard.then(() => (over = true));
    await until(() => {
      gateway.mailbox.post({ shard: 0, instance: 'i', position: 1n, leaving: false });
      return over;
    });
    await Promise.all([gateway.close(), coordinator.close()]);
  });

  it('is heard under a key that was added meanwhile', async () => {
    const [first, second] = ['o', 'n'].map((seed, index) => ({
      id: `k${index}`,
      secret: new SecretValue(Buffer.alloc(32, seed).toString('base64')),
    })) as [{ id: string; secret: SecretValue }, { id: string; secret: SecretValue }];
    const ring = (active: string, keys = [first, second]): Promise<KeyRing> =>
      KeyRing.derive(keys.map((key) => ({ ...key, active: key.id === active })));
    const [gatewayRing, coordinatorRing] = [await ring('k0', [first]), await ring('k0', [first])];
    const gateway = await connected(open(single1.settings(), { ring: gatewayRing }));
    const coordinator = await connected(open(single1.settings(), { ring: coordinatorRing }));
    const heard: unknown[] = [];
    coordinator.mailbox.listen((heartbeat) => heard.push(heartbeat));
    const isHeard = (): Promise<void> => {
      const before = heard.length;
      return until(() => {
        gateway.mailbox.post({ shard: 0, instance: 'i', position: 1n, leaving: false });
        return heard.length > before;
      });
    };
    await isHeard();
    for (const active of ['k0', 'k1']) {
      for (const held of [gatewayRing, coordinatorRing]) held.replace(await ring(active));
      await isHeard();
    }
    for (const held of [gatewayRing, coordinatorRing]) held.replace(await ring('k1', [second]));
    await isHeard();
    await Promise.all([gateway.close(), coordinator.close()]);
  });
});
