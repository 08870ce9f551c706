import { MemoryMailbox } from '@coffer/cache/memory';
import { DEFAULT_TIMING, type LogEntry, type LogRecord } from '@coffer/coherence';
import { memoryMessaging, type Messaging } from '@coffer/messaging';
import { createLogger, Metrics } from '@coffer/observability';
import { fenceOf, systemClock } from '@coffer/secrets';
import { CacheInvalidatorRuntime } from './cache-invalidator-runtime.js';

const PATH = 'main/company.team/KEY';

describe('a coordinator of readers that hold leases', () => {
  let messaging: Messaging;
  let mailbox: MemoryMailbox;
  let metrics: Metrics;
  let runtime: CacheInvalidatorRuntime;
  let entries: LogEntry[];
  let cleared: string[];
  let redis: (path: string) => Promise<boolean>;

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const found = <T extends LogRecord['type']>(type: T) =>
    entries.flatMap(({ record }) => (record.type === type ? [record as Extract<LogRecord, { type: T }>] : []));
  const prepare = (owner = 0n): Promise<bigint> =>
    messaging.log.append(0, {
      ...{ type: 'PREPARE', partition: 0, owner, path: PATH, fence: fenceOf(1, 1n), operation: 'o', prepareNumber: 1 },
    });
  const beat = (nonce: number | undefined, position: bigint, leaving = false): void =>
    mailbox.post({ shard: 0, instance: 'reader', position, leaving, ...(nonce === undefined ? {} : { nonce }) });
  const figure = async (name: string): Promise<number> => {
    await metrics.text();
    return (await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value ?? NaN;
  };

  beforeEach(async () => {
    messaging = memoryMessaging({ partitions: 1, shards: 1 }, 60_000, systemClock);
    mailbox = new MemoryMailbox();
    metrics = new Metrics();
    [entries, cleared] = [[], []];
    redis = () => Promise.resolve(true);
    runtime = new CacheInvalidatorRuntime({
      ...{ messaging, mailbox, metrics, timing: DEFAULT_TIMING, alone: true, clock: systemClock },
      logger: createLogger('silent'),
      shared: {
        invalidate: (path) => {
          cleared.push(path.toString());
          return redis(path.toString());
        },
      },
    });
    await messaging.log.tail([0], {
      read: (entry) => {
        entries.push(entry);
        runtime.read(entry);
      },
    });
    runtime.start();
    runtime.assign(new Set([0]));
    await until(() => found('EPOCH').length > 0);
    await messaging.log.append(0, { type: 'OWNER', partition: 0, claim: 'w' });
  });
  afterEach(() => runtime.stop());

  const granted = async (): Promise<void> => {
    beat(1, 0n);
    await until(() => found('GRANT').some(({ leases }) => leases.length > 0));
  };

  it('grants what is asked for, and grants on, also to nobody', async () => {
    await granted();
    expect(found('GRANT').find(({ leases }) => leases.length > 0)?.leases).toEqual([{ instance: 'reader', nonce: 1 }]);
    expect(await figure('coffer_lease_holders')).toBe(1);
    expect(await figure('coffer_coordinator_active')).toBe(1);
    const before = found('GRANT').length;
    await until(() => found('GRANT').length > before);
  });

  it('clears Redis, and lets a write pass as soon as the reader has read of it', async () => {
    await granted();
    const offset = await prepare(1n);
    await until(() => cleared.length > 0);
    expect(cleared).toEqual([PATH]);
    expect(found('CLEARED')).toEqual([]);
    beat(undefined, offset);
    expect(found('CLEARED')).toEqual([]);
    beat(undefined, offset + 1n);
    await until(() => found('CLEARED').length > 0);
    expect(found('CLEARED')[0]?.prepareOffset).toBe(offset);
    expect(await figure('coffer_write_waited_for_readers_seconds')).toBeDefined();
  });

  it('lets a write pass when Redis does not answer', async () => {
    redis = () => new Promise(() => undefined);
    await prepare(1n);
    await until(() => found('CLEARED').length > 0);
  });

  it('waits for no reader that has left', async () => {
    await granted();
    await prepare(1n);
    await until(() => cleared.length > 0);
    beat(undefined, 0n, true);
    await until(() => found('CLEARED').length > 0);
  });

  it('clears a path that is none, without asking Redis', async () => {
    const record: LogRecord = {
      ...{
        type: 'PREPARE',
        partition: 0,
        owner: 1n,
        path: 'no path',
        fence: fenceOf(1, 1n),
        operation: 'o',
        prepareNumber: 1,
      },
    };
    await messaging.log.append(0, record);
    await until(() => found('CLEARED').length > 0);
    expect(cleared).toEqual([]);
  });

  it('leaves its leases to its successor when it ends', async () => {
    await granted();
    await runtime.leaveAll();
    await until(() => found('HANDOVER').length > 0);
    expect(found('HANDOVER')[0]?.leases.map(({ instance }) => instance)).toEqual(['reader']);
  });

  it('tells how far the slowest reader has told to have read', async () => {
    await granted();
    const position = BigInt(entries.length);
    beat(undefined, position - 3n);
    expect(await figure('coffer_reader_records_behind')).toBeGreaterThanOrEqual(2);
  });
});

describe('coordinators of one shard', () => {
  let messaging: Messaging;
  let types: LogRecord['type'][];
  const running: CacheInvalidatorRuntime[] = [];
  beforeEach(async () => {
    messaging = memoryMessaging({ partitions: 1, shards: 1 }, 60_000, systemClock);
    types = [];
    await messaging.log.tail([0], { read: ({ record }) => void types.push(record.type) });
  });
  afterEach(() => running.splice(0).forEach((runtime) => runtime.stop()));

  const open = async (metrics = new Metrics()): Promise<CacheInvalidatorRuntime> => {
    const runtime = new CacheInvalidatorRuntime({
      ...{ messaging, metrics, clock: systemClock, logger: createLogger('silent') },
      ...{ alone: false, timing: { ...DEFAULT_TIMING, leaseMs: 20, clockErrorMs: 10 } },
    });
    running.push(runtime);
    await messaging.log.tail([0], { read: (entry) => runtime.read(entry) });
    runtime.start();
    return runtime;
  };
  const until = async (type: LogRecord['type'], times = 1): Promise<void> => {
    while (types.filter((each) => each === type).length < times) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('hand it over when the group gives it to another, whoever of them learns that first', async () => {
    const [first, second] = [await open(), await open()];
    first.assign(new Set([0]));
    await until('EPOCH');
    second.assign(new Set([0]));
    first.assign(new Set());
    await until('EPOCH', 2);
    expect(types).toEqual(['EPOCH', 'HANDOVER', 'EPOCH']);
  });

  it('take it over without the group when a write waits in vain, and count that', async () => {
    const metrics = new Metrics();
    const record = { partition: 0, path: PATH, fence: fenceOf(1, 1n), operation: 'o', prepareNumber: 1 };
    await messaging.log.append(0, { type: 'EPOCH', claim: 'of one that is gone' });
    const owner = await messaging.log.append(0, { type: 'OWNER', partition: 0, claim: 'w' });
    await messaging.log.append(0, { type: 'PREPARE', owner, ...record });
    await open(metrics);
    await until('EPOCH', 2);
    await messaging.log.append(0, { type: 'PREPARE', owner, ...record });
    await until('CLEARED');
    expect((await metrics.takeovers.get()).values).toEqual([expect.objectContaining({ value: 1 })]);
    await messaging.log.append(0, { type: 'EPOCH', claim: 'of a third' });
    await until('EPOCH', 3);
    expect((await metrics.takenOver.get()).values).toEqual([expect.objectContaining({ value: 1 })]);
  });
});
