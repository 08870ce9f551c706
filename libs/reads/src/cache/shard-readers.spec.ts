import { MemoryMailbox } from '@coffer/cache/memory';
import { DEFAULT_TIMING, ElapsedTime, type Heartbeat, type LogEntry, type LogRecord } from '@coffer/coherence';
import type { CoherenceLog, LogListener } from '@coffer/messaging';
import { Metrics } from '@coffer/observability';
import { fenceOf, systemClock } from '@coffer/secrets';
import { ShardReaders } from './shard-readers.js';

const prepare = (generation: number): LogRecord => ({
  ...{ type: 'PREPARE', partition: 0, owner: 0n, path: 'main/ns/key', operation: 'o', attempt: 1 },
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
