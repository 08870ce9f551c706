import type { Clock } from '@coffer/secrets';
import { describeMessaging } from '../suite/describe-messaging.js';
import { mutation, PARTITIONS, SHARDS } from '../suite/examples.js';
import { systemClock } from '@coffer/secrets';
import { MemoryDeadLetters } from './memory-dead-letters.js';
import { MemoryLog } from './memory-log.js';
import { memoryMessaging } from './memory-messaging.js';

describeMessaging({
  name: 'memory',
  open: async () => {
    const messaging = memoryMessaging({ partitions: PARTITIONS, shards: SHARDS }, 60_000, systemClock);
    return {
      messaging,
      close: async () => {
        await messaging.producer.close();
        await messaging.log.close();
      },
    };
  },
});

describe('the memory queue', () => {
  it('keeps and counts nothing that is finished, also behind what is not', async () => {
    const messaging = memoryMessaging({ partitions: 1, shards: 1 }, 60_000, systemClock);
    const { producer } = messaging;
    const seen: string[] = [];
    await messaging.consumer().start({
      assigned: async () => undefined,
      revoked: () => undefined,
      deliver: ({ mutation: { operation } }) => {
        seen.push(operation);
        return operation === 'stuck' ? new Promise<void>(() => undefined) : Promise.resolve();
      },
    });
    await producer.publish(mutation('main/ns/a', 'stuck'));
    for (let count = 0; count < 2_000; count += 1) await producer.publish(mutation('main/ns/b', `${count}`));
    while (seen.length < 2_001) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(producer.unfinished('main/ns/b')).toBe(1);
  });
});

describe('the memory log', () => {
  it('drops what is older than its window, and goes on reading behind it', async () => {
    let now = 0;
    const clock: Clock = { monotonic: () => now, wall: () => now };
    const log = new MemoryLog({ shards: 1, windowMs: 100, clock });
    const read: bigint[] = [];
    await log.tail([0], { read: ({ offset }) => void read.push(offset) });
    for (; now < 5_000; now += 1) await log.append(0, { type: 'EPOCH', claim: `${now}` });
    while (read.length < 5_000) await new Promise((resolve) => setImmediate(resolve));
    expect(read.at(-1)).toBe(4_999n);
    const late: bigint[] = [];
    await log.tail([0], { read: ({ offset }) => void late.push(offset) });
    while (late.at(-1) !== 4_999n) await new Promise((resolve) => setImmediate(resolve));
    expect(late.length).toBeGreaterThanOrEqual(100);
    expect(late.length).toBeLessThan(2_000);
  });

  const claim = (text: string) => ({ type: 'EPOCH', claim: text }) as const;

  it('keeps what a tail has not taken in, and nothing more, where all of them begin with the process', async () => {
    const log = new MemoryLog({ shards: 2, windowMs: 60_000, replayMs: 0, clock: systemClock });
    for (let count = 0; count < 100; count += 1) await log.append(count % 2, claim('before any tail'));
    const read = [0, 0];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: bigint[] = [];
    const [tail] = await Promise.all([
      log.tail([0], {
        read: ({ offset }) => {
          slow.push(offset);
          return slow.length === 10 ? held : undefined;
        },
      }),
      log.tail([0, 1], { read: ({ shard }) => void (read[shard] = (read[shard] ?? 0) + 1) }),
    ]);
    for (let count = 0; count < 10_000; count += 1) await log.append(count % 2, claim('after'));
    while (read.some((count) => count < 5_050)) await new Promise((resolve) => setImmediate(resolve));
    const held5000 = log.memory.bytes;
    expect(held5000).toBeGreaterThan(5_000 * 100);
    release();
    while (slow.length < 5_050) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(slow).toEqual(Array.from({ length: 5_050 }, (_, offset) => BigInt(offset)));
    expect(log.memory.bytes).toBe(0);
    await tail.close();
    await expect(log.tail([1], { read: () => undefined })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('lets go of what only a tail that closes had still to take in', async () => {
    const log = new MemoryLog({ shards: 1, windowMs: 60_000, replayMs: 0, clock: systemClock });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = await log.tail([0], { read: () => held });
    let read = 0;
    await log.tail([0], { read: () => void (read += 1) });
    for (let count = 0; count < 10; count += 1) await log.append(0, claim('x'));
    while (read < 10) await new Promise((resolve) => setImmediate(resolve));
    expect(log.memory.bytes).toBeGreaterThan(0);
    const closed = slow.close();
    release();
    await closed;
    expect(log.memory.bytes).toBe(0);
  });

  it('takes nothing more while a reader that stands still holds up its bytes, and goes on after that', async () => {
    const log = new MemoryLog({ shards: 1, windowMs: 60_000, replayMs: 0, maxBytes: 20_000, clock: systemClock });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let read = 0;
    await log.tail([0], { read: () => (++read === 1 ? held : undefined) });
    const appendAll = async (): Promise<number> => {
      let taken = 0;
      for (; taken < 1_000; taken += 1) await log.append(0, claim('x'));
      return taken;
    };
    await expect(appendAll()).rejects.toMatchObject({ code: 'unavailable' });
    expect(log.memory.bytes).toBeLessThan(22_000);
    release();
    while (log.memory.bytes > 0) await new Promise((resolve) => setImmediate(resolve));
    await log.append(0, claim('y'));
  });
});

describe('the dead letters in memory', () => {
  it('stay below their bytes: the oldest ones go, and are counted and told', async () => {
    const gone: string[] = [];
    const letters = new MemoryDeadLetters(1_000_000, ({ id }) => gone.push(id));
    for (let offset = 0; offset < 100; offset += 1) {
      const large = { ...mutation('main/ns/key', `${offset}`), body: new Uint8Array(100_000) };
      await letters.add({ id: `${offset}-0`, mutation: large, code: 'invalid', time: 0 });
      expect(letters.memory.bytes).toBeLessThanOrEqual(1_000_000);
    }
    const kept = (await letters.list()).map(({ id }) => id);
    expect(kept).toEqual(Array.from({ length: 9 }, (_, place) => `${91 + place}-0`));
    expect(gone).toHaveLength(91);
    expect(letters.memory.evictions).toBe(91);
    for (const id of kept) await letters.discard(id);
    expect(letters.memory.bytes).toBe(0);
  });
});
