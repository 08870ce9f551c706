import { openMemoryBackend } from '@coffer/backend-memory';
import { DEFAULT_TIMING, type LogRecord } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { memoryMessaging, MessageSealer, type Delivery } from '@coffer/messaging';
import { createLogger, Metrics } from '@coffer/observability';
import { SecretPath, SecretValue, systemClock } from '@coffer/secrets';
import { PartitionRevokedError } from './in-flight-attempts.js';
import { PartitionWorker } from './partition-worker.js';

const PARTITION = 0;
const path = SecretPath.of('main', 'company', 'KEY');

describe('a worker’s partition', () => {
  let sealer: MessageSealer;
  let worker: PartitionWorker;
  let appended: LogRecord['type'][];

  beforeAll(async () => {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
  });
  beforeEach(() => {
    appended = [];
    const messaging = memoryMessaging({ partitions: 1, shards: 1 }, DEFAULT_TIMING.windowMs, systemClock);
    const log = {
      append: (shard: number, record: LogRecord): Promise<bigint> => {
        appended.push(record.type);
        return messaging.log.append(shard, record);
      },
    };
    const logger = createLogger('silent');
    worker = new PartitionWorker(PARTITION, 'process', {
      messaging: { ...messaging, log },
      stores: { of: () => ({ name: 'default', backend: openMemoryBackend() }), onBreaker: () => undefined },
      ...{ sealer, timing: DEFAULT_TIMING, generation: 1, clock: systemClock, logger, metrics: new Metrics() },
      throttled: { log: () => undefined },
    });
  });

  const delivery = (offset: bigint): Delivery => {
    const sentAt = systemClock.wall();
    const sealed = { operation: `operation ${offset}`, fingerprint: 'f', partition: PARTITION, sentAt };
    const mutation = sealer.sealMutation({ kind: 'delete', path }, sealed);
    return { partition: PARTITION, offset, timestamp: sentAt, mutation };
  };
  /** What the delivery came to by the time that every promise so far is settled; `in flight` where it waits. */
  const deliver = (offset: bigint): Promise<unknown> =>
    Promise.race([
      worker.deliver(delivery(offset)).catch((error: unknown) => error),
      new Promise((resolve) => setImmediate(resolve, 'in flight')),
    ]);

  it('takes what is delivered while it is assigned', async () => {
    worker.assigned();
    expect(await deliver(1n)).toBe('in flight');
  });

  it('refuses what is delivered before the group has assigned it, and begins nothing', async () => {
    expect(await deliver(1n)).toBeInstanceOf(PartitionRevokedError);
    expect(appended).toEqual([]);
    worker.assigned();
    expect(await deliver(1n)).toBe('in flight');
  });

  it('refuses what is delivered after the group has taken it away, until it is assigned again', async () => {
    worker.assigned();
    worker.revoked();
    const before = [...appended];
    expect(await deliver(1n)).toBeInstanceOf(PartitionRevokedError);
    expect(appended).toEqual(before);
    worker.assigned();
    expect(await deliver(2n)).toBe('in flight');
  });
});
