import type { Clock } from '@coffer/secrets';
import { describeMessaging } from '../suite/describe-messaging.js';
import { mutation, PARTITIONS, SHARDS } from '../suite/examples.js';
import { systemClock } from '@coffer/secrets';
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
      deliver: ({ record }) => {
        seen.push(record.operation);
        return record.operation === 'stuck' ? new Promise<void>(() => undefined) : Promise.resolve();
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
    const log = new MemoryLog(1, 100, clock);
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
});
