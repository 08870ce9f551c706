import { MemoryMailbox } from '@coffer/cache/memory';
import { DEFAULT_TIMING, ElapsedTime, type Heartbeat, type LogEntry, type LogRecord } from '@coffer/coherence';
import { partitionOf, shardOf, type CoherenceLog, type LogListener } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import { fenceOf, systemClock } from '@coffer/secrets';
import { ShardReaders } from './shard-readers.js';

const prepare = (generation: number): LogRecord => ({
  ...{ type: 'PREPARE', partition: 0, owner: 0n, path: 'main/ns/key', operation: 'o', prepareNumber: 1 },
  fence: fenceOf(generation, 1n),
});

describe('the readers of a gateway', () => {
  const tails: { readonly listener: LogListener; closed: boolean }[] = [];
  const log: Pick<CoherenceLog, 'tail'> = {
    tail: (_, listener) => {
      const tail = { listener, closed: false };
      tails.push(tail);
      return Promise.resolve({
        close: () => {
          tail.closed = true;
          return Promise.resolve();
        },
      });
    },
  };
  const closed = (): boolean[] => tails.map((tail) => tail.closed);
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('read a shard anew with each new generation, by one tail more than the others have, and close it at the end', async () => {
    const mailbox = new MemoryMailbox();
    const heard: Heartbeat[] = [];
    const taken: string[] = [];
    mailbox.listen((heartbeat) => void heard.push(heartbeat));
    const readers = new ShardReaders({
      messaging: { topology: { partitions: 1, shards: 1 }, log: log as CoherenceLog },
      ...{
        timing: DEFAULT_TIMING,
        mode: 'strict',
        mailbox,
        metrics: new Metrics(),
        time: new ElapsedTime(systemClock),
      },
      ...{ logger: { warn: () => undefined }, evict: () => undefined, forget: () => undefined, late: () => undefined },
      taken: ({ record }) => void taken.push(record.type),
    });
    readers.start();
    let offset = 0n;
    const raise = async (generation: number, read: (entry: LogEntry) => unknown): Promise<void> => {
      await turn();
      const { instance, nonce = -1 } = heard.at(-1) ?? { instance: '' };
      const grant: LogRecord = { type: 'GRANT', epoch: 0n, leases: [{ instance, nonce }] };
      for (const record of [prepare(generation - 1), grant, prepare(generation)]) {
        read({ shard: 0, offset: (offset += 1n), timestamp: 0, record });
      }
      await turn();
    };
    await raise(2, (entry) => readers.read(entry));
    expect(closed()).toEqual([false]);
    await raise(3, (entry) => tails[0]?.listener.read(entry));
    expect(closed()).toEqual([true, false]);
    // What the first tail reads now is not what the reader knows; what the later one reads is.
    readers.read({ shard: 0, offset: (offset += 1n), timestamp: 0, record: prepare(3) });
    expect(taken).toEqual(['PREPARE', 'GRANT', 'PREPARE', 'PREPARE', 'GRANT', 'PREPARE']);
    readers.leave();
    expect(closed()).toEqual([true, true]);
  });
});

describe('the readers of a gateway, by the clock', () => {
  let nowMs: number;
  let tails: number;
  let failing: boolean;
  let late: number[];
  let forgotten: boolean[];
  let warned: object[];
  let metrics: Metrics;
  let readers: ShardReaders;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
    [nowMs, tails, failing, late, forgotten, warned, metrics] = [0, 0, false, [], [], [], new Metrics()];
    const tail: CoherenceLog['tail'] = () => {
      tails += 1;
      return failing ? Promise.reject(new Error('no log')) : Promise.resolve({ close: () => Promise.resolve() });
    };
    readers = new ShardReaders({
      messaging: { topology: { partitions: 4, shards: 2 }, log: { tail } as CoherenceLog },
      ...{ timing: DEFAULT_TIMING, mode: 'bounded', metrics, keysMaxBytes: 1_000 },
      time: new ElapsedTime({ monotonic: () => nowMs, wall: () => nowMs }),
      logger: { warn: (fields: object) => void warned.push(fields) },
      ...{ taken: () => undefined, evict: () => undefined, late: (ms) => void late.push(ms) },
      forget: (where) => void forgotten.push(where('main/ns/key')),
    });
    readers.start();
  });
  afterEach(() => {
    readers.leave();
    jest.useRealTimers();
  });
  const pass = async (ms: number, timersMs = ms): Promise<void> => {
    nowMs += ms;
    await jest.advanceTimersByTimeAsync(timersMs);
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const lease = async () => (await metrics.registry.getSingleMetricAsString('coffer_cache_lease')).match(/ [01]$/gm);

  it('tell how late their timer is, and forget all after half a window without one', async () => {
    forgotten.length = 0;
    await pass(100);
    await pass(350, 100);
    await pass(50, 100);
    expect([late, forgotten]).toEqual([[0, 250, 0], []]);
    await pass(DEFAULT_TIMING.windowMs / 2 - 1, 100);
    expect(forgotten).toEqual([]);
    await pass(DEFAULT_TIMING.windowMs / 2, 100);
    expect(forgotten).toEqual([true]);
  });

  it('begin by forgetting, each its own shard, and say whether they may be used', async () => {
    const own = shardOf(partitionOf('main/ns/key', 4), 2);
    expect(forgotten).toEqual([own === 0, own === 1]);
    metrics.onScrape.forEach((refresh) => refresh());
    expect(await lease()).toEqual([' 1', ' 1']);
    readers.leave();
    metrics.onScrape.forEach((refresh) => refresh());
    expect(await lease()).toEqual([' 0', ' 0']);
  });

  it('remember keys of all shards within their bytes together', () => {
    const commit = (path: string, offset: bigint): void =>
      readers.read({
        ...{ shard: offset % 2n === 0n ? 0 : 1, offset, timestamp: 0 },
        record: {
          ...prepare(1),
          path,
          type: 'COMMIT',
          kind: 'put',
          fingerprint: '',
          outcome: 'applied',
          sealed: new Uint8Array(),
        } as LogRecord,
      });
    commit('main/ns/a', 0n);
    commit('main/ns/b', 1n);
    const { bytes } = readers.memory;
    expect(readers.memory).toEqual({ bytes, evictions: 0, limitBytes: 1_000 });
    expect(bytes).toBe(2 * (250 + 2 * 'main/ns/a'.length));
    for (let offset = 2n; offset < 12n; offset += 1n) commit(`main/ns/${offset}`, offset);
    expect(readers.memory.bytes).toBeLessThanOrEqual(1_000);
    expect(readers.memory.evictions).toBeGreaterThan(0);
  });

  it('read a shard again a second later where that failed, and tell', async () => {
    failing = true;
    const grant = { type: 'GRANT', epoch: 0n, leases: [] } as const;
    readers.leave();
    const mailbox = new MemoryMailbox();
    const heard: Heartbeat[] = [];
    mailbox.listen((heartbeat) => void heard.push(heartbeat));
    readers = new ShardReaders({
      messaging: {
        topology: { partitions: 1, shards: 1 },
        log: {
          tail: () => (
            (tails += 1),
            failing ? Promise.reject(new Error('no log')) : Promise.resolve({ close: () => Promise.resolve() })
          ),
        } as unknown as CoherenceLog,
      },
      ...{ timing: DEFAULT_TIMING, mode: 'strict', metrics: new Metrics(), mailbox },
      time: new ElapsedTime({ monotonic: () => nowMs, wall: () => nowMs }),
      logger: { warn: (fields: object) => void warned.push(fields) },
      ...{ taken: () => undefined, evict: () => undefined, late: () => undefined, forget: () => undefined },
    });
    readers.start();
    await turn();
    const { instance, nonce = -1 } = heard.at(-1) ?? { instance: '' };
    let offset = 0n;
    for (const record of [prepare(1), { ...grant, leases: [{ instance, nonce }] }, prepare(2)]) {
      readers.read({ shard: 0, offset: (offset += 1n), timestamp: 0, record });
    }
    await turn();
    expect([tails, warned]).toEqual([1, [expect.objectContaining({ shard: 0 })]]);
    failing = false;
    await pass(999);
    expect(tails).toBe(1);
    await pass(1);
    expect([tails, warned.length]).toEqual([2, 1]);
  });
});
