import { memoryMessaging, type Messaging, type SealedMutation } from '@coffer/messaging';
import { fenceOf, systemClock } from '@coffer/secrets';
import { Operations, WriteAdmission } from '@coffer/writes';
import { HealthService } from './health.service.js';

const KIB = 1_024;
const LIMIT_BYTES = 64 * KIB;
const PATH = 'main/company/k';

const record = (operation: string, bytes: number): SealedMutation => ({
  ...{ schema: 1, path: PATH, operation, kind: 'put' as const, fingerprint: '', sentAt: 0 },
  body: new Uint8Array(bytes),
});

describe('the health of a gateway', () => {
  let messaging: Messaging;
  let health: HealthService;
  let admission: WriteAdmission;
  beforeEach(() => {
    messaging = memoryMessaging({ partitions: 1, shards: 1 }, 60_000, systemClock, {
      deadLettersMaxBytes: LIMIT_BYTES,
    });
    const { producer } = messaging;
    admission = new WriteAdmission({ producer, queueMaxBytes: LIMIT_BYTES, refused: () => undefined });
    health = new HealthService({
      stores: { down: new Map() },
      messaging,
      admission,
      operations: new Operations(60_000, messaging.log, systemClock, LIMIT_BYTES),
    });
  });

  it('has no details while there is room', () => {
    expect(health.readyReads()).toEqual({ ok: true, details: {} });
    expect(health.readyWrites()).toEqual({ ok: true, details: {} });
  });

  it('says that the queue is full, and stays ready', async () => {
    await messaging.producer.publish(record('a', 63 * KIB));
    expect(health.readyWrites()).toEqual({ ok: true, details: { 'coffer.limits.queue': 'full' } });
  });

  it('says that a write was refused for want of room, also when small ones would fit', async () => {
    await messaging.producer.publish(record('a', 40 * KIB));
    expect(health.readyWrites()).toEqual({ ok: true, details: {} });
    expect(() => admission.require(PATH, 40 * KIB)).toThrow('coffer.limits.queue');
    expect(health.readyWrites()).toEqual({ ok: true, details: { 'coffer.limits.queue': 'full' } });
  });

  it('says that dead letters were dropped', async () => {
    const addDeadLetter = (offset: number) =>
      messaging.deadLetters.add({
        id: `${offset}-0`,
        mutation: record(`o${offset}`, 40 * KIB),
        code: 'invalid',
        time: 0,
      });
    await addDeadLetter(1);
    expect(health.readyReads()).toEqual({ ok: true, details: {} });
    await addDeadLetter(2);
    expect(await messaging.deadLetters.list()).toHaveLength(1);
    expect(health.readyReads()).toEqual({ ok: true, details: { 'coffer.limits.deadLetters': 'full' } });
  });

  it('says that operations were forgotten', () => {
    const operations = new Operations(60_000, messaging.log, systemClock, 100);
    const own = new HealthService({
      ...{ stores: { down: new Map() }, messaging, operations },
      admission,
    });
    expect(own.readyReads().details).toEqual({});
    for (let each = 0; each < 100; each += 1) {
      const ended = {
        ...{ type: 'ABORT' as const, partition: 0, owner: 0n, path: PATH, fence: fenceOf(1, BigInt(each)) },
        ...{ operation: `00000000-0000-4000-8000-${String(each).padStart(12, '0')}`, kind: 'put' as const },
        ...{ code: 'invalid' as const, fingerprint: '' },
      };
      operations.read({ shard: 0, offset: BigInt(each), timestamp: Date.now(), record: ended });
    }
    expect(own.readyReads().details).toEqual({ 'coffer.limits.operations': 'full' });
  });
});
