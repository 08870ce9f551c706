import { ElapsedTime, type EntryStamp } from '@coffer/coherence';
import { SecretPath, SecretValue } from '@coffer/secrets';
import type { FillLease, SharedLookup, SharedCache } from '../shared-cache.js';
import { entryOf, TTL_MS, ManualClock, newPath, shown, type CacheHarness, type OpenCache } from './harness.js';

const any = (): boolean => true;
const tagFrom =
  (lowest: bigint) =>
  ({ tag }: EntryStamp): boolean =>
    tag >= lowest;

const leaseOf = (look: SharedLookup): FillLease => {
  if (look.kind !== 'fill') throw new Error(`expected the lease, not ${look.kind}`);
  return look.lease;
};

const entryIn = (look: SharedLookup) => (look.kind === 'hit' ? shown(look.entry) : look.kind);

/** What every implementation of the shared cache does. */
export const describeSharedCache = (harness: CacheHarness): void => {
  describe(`shared cache: ${harness.name}`, () => {
    let clock: ManualClock;
    let time: ElapsedTime;
    let open: OpenCache;
    let one: SharedCache;
    let other: SharedCache;

    const begin = async (leaseMs: number): Promise<void> => {
      clock = new ManualClock();
      time = new ElapsedTime(clock);
      open = await harness.open({ clock, time, leaseMs });
      ({ one, other } = open);
    };
    const fill = async (path: SecretPath, value: string | undefined, tag: bigint, ttlMs = TTL_MS): Promise<void> => {
      const lease = leaseOf(await one.getOrLease(path, tagFrom(tag)));
      await one.fill(lease, entryOf(value, tag, time.now() + ttlMs));
    };

    beforeEach(() => begin(30_000));
    afterEach(() => open.close());

    it('gives what one process kept to another, whatever the text', async () => {
      for (const value of ['a', '{"multi":"line\\n"}\n', 'ünï\u0000code ✓ 𝔘', 'x'.repeat(100_000)]) {
        const path = newPath('k/..%2F ✓');
        await fill(path, value, 7n);
        expect(entryIn(await other.getOrLease(path, any))).toEqual({ value, version: 'v7', tag: 7n });
      }
    });

    it.each([{ revision: 2_147_483_647 }, { revision: 3, changed: 1_796_000_000_123 }])('keeps %j', async (kept) => {
      const path = newPath();
      const lease = leaseOf(await one.getOrLease(path, any));
      const secret = { value: new SecretValue('a'), version: 'v', ...kept };
      await one.fill(lease, { secret, tag: 1n, expires: time.now() + TTL_MS });
      const look = await other.getOrLease(path, any);
      expect(look.kind === 'hit' ? look.entry.secret : look).toEqual(secret);
    });

    it('remembers that a secret is absent', async () => {
      const path = newPath();
      await fill(path, undefined, 0n);
      expect(entryIn(await other.getOrLease(path, any))).toEqual({ value: undefined, version: undefined, tag: 0n });
    });

    it('keeps fences beyond 2^53 apart', async () => {
      const path = newPath();
      const tag = (1n << 62n) + 1n;
      await fill(path, 'a', tag);
      expect(entryIn(await other.getOrLease(path, tagFrom(tag)))).toMatchObject({ tag });
    });

    it('keeps paths apart that differ by case, level or tenant', async () => {
      const { namespace } = newPath();
      const paths = [
        SecretPath.of('main', namespace, 'Key'),
        SecretPath.of('main', namespace, 'KEY'),
        SecretPath.of('main', `${namespace}.a`, 'KEY'),
        SecretPath.of('main', namespace, 'a/KEY'),
        SecretPath.of('other', namespace, 'KEY'),
      ];
      for (const [index, path] of paths.entries()) await fill(path, `${index}`, 1n);
      for (const [index, path] of paths.entries()) {
        expect(entryIn(await other.getOrLease(path, any))).toMatchObject({ value: `${index}` });
      }
    });

    it('lets one fill, and the others wait for it', async () => {
      const path = newPath();
      const lease = leaseOf(await one.getOrLease(path, any));
      const waiting = [one, other].map((cache) => cache.getOrLease(path, any));
      await one.fill(lease, entryOf('a', 1n, time.now() + TTL_MS));
      for (const look of await Promise.all(waiting)) expect(entryIn(look)).toMatchObject({ value: 'a' });
    });

    it('lets nobody wait for long', async () => {
      const path = newPath();
      leaseOf(await one.getOrLease(path, any));
      expect((await other.getOrLease(path, any)).kind).toBe('miss');
    });

    it('lets the next one fill after a fill was given up', async () => {
      const path = newPath();
      await one.releaseLease(leaseOf(await one.getOrLease(path, any)));
      leaseOf(await other.getOrLease(path, any));
    });

    it('takes a release for that lease alone', async () => {
      const path = newPath();
      const earlier = leaseOf(await one.getOrLease(path, any));
      await one.invalidate(path);
      leaseOf(await other.getOrLease(path, any));
      await one.releaseLease(earlier);
      expect((await other.getOrLease(path, any)).kind).toBe('miss');
    });

    it('lets an entry be replaced that may not be used', async () => {
      const path = newPath();
      await fill(path, 'old', 1n);
      const lease = leaseOf(await other.getOrLease(path, tagFrom(2n)));
      await other.fill(lease, entryOf('new', 2n, time.now() + TTL_MS));
      expect(entryIn(await one.getOrLease(path, tagFrom(2n)))).toMatchObject({ value: 'new' });
    });

    it('keeps nothing below what it has', async () => {
      const path = newPath();
      await fill(path, 'new', 5n);
      const lease = leaseOf(await other.getOrLease(path, tagFrom(6n)));
      await other.fill(lease, entryOf('old', 4n, time.now() + TTL_MS));
      expect(entryIn(await one.getOrLease(path, any))).toMatchObject({ value: 'new' });
    });

    it('clears the entry, and the fill that is under way', async () => {
      const path = newPath();
      await fill(path, 'old', 1n);
      expect(await other.invalidate(path)).toBe(true);
      const late = leaseOf(await one.getOrLease(path, any));
      expect(await other.invalidate(path)).toBe(true);
      await one.fill(late, entryOf('old', 1n, time.now() + TTL_MS));
      leaseOf(await one.getOrLease(path, any));
    });

    it('clears what is not there', async () => {
      expect(await one.invalidate(newPath())).toBe(true);
    });

    it('gives an entry the rest of its time, and none after it', async () => {
      const path = newPath();
      await fill(path, 'a', 1n, 10_000);
      clock.pass(6_000);
      const look = await other.getOrLease(path, any);
      const left = look.kind === 'hit' ? look.entry.expires - time.now() : NaN;
      expect(left).toBeLessThanOrEqual(4_000);
      expect(left).toBeGreaterThan(3_000);
      clock.pass(4_000);
      leaseOf(await other.getOrLease(path, any));
    });

    it('keeps nothing whose time is over', async () => {
      const path = newPath();
      const lease = leaseOf(await one.getOrLease(path, any));
      await one.fill(lease, entryOf('a', 1n, time.now()));
      leaseOf(await one.getOrLease(path, any));
    });

    it('lets the next one fill when a lease ran out, and takes nothing under it any more', async () => {
      await open.close();
      await begin(20);
      const path = newPath();
      const late = leaseOf(await one.getOrLease(path, any));
      clock.pass(20);
      // The lease runs out by the cache's own clock.
      let look = await other.getOrLease(path, any);
      while (look.kind !== 'fill') look = await other.getOrLease(path, any);
      await one.fill(late, entryOf('late', 9n, time.now() + TTL_MS));
      expect([entryIn(await one.getOrLease(path, any))]).not.toContainEqual(expect.objectContaining({ value: 'late' }));
    });
  });
};
