import type { LogEntry } from '@coffer/coherence';
import type { LogListener, LogTail } from '../contract/coherence-log.js';
import type { MessagingHarness, OpenMessaging } from './harness.js';
import { RECORDS, SHARDS, until } from './examples.js';

/** Typed arrays and buffers with equal bytes are equal here. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'bigint') return `${inner}n`;
      return inner instanceof Uint8Array ? Array.from(inner) : inner;
    }),
  );

export const describeLog = (harness: MessagingHarness): void => {
  describe('the coherence log', () => {
    let open: OpenMessaging;
    let tails: LogTail[] = [];
    beforeEach(async () => {
      open = await harness.open();
    });
    afterEach(async () => {
      await Promise.all(tails.map((tail) => tail.close()));
      tails = [];
      await open.close();
    });
    const follow = async (shards: readonly number[], listener: LogListener): Promise<LogTail> => {
      const tail = await open.messaging.log.tail(shards, listener);
      tails.push(tail);
      return tail;
    };
    const all = Array.from({ length: SHARDS }, (_, shard) => shard);
    const claim = (text: string) => ({ type: 'EPOCH', claim: text }) as const;

    it('gives every record back as it was appended, at the offset that its writer was given', async () => {
      const { log } = open.messaging;
      const offsets: bigint[] = [];
      for (const record of RECORDS) offsets.push(await log.append(1, record));
      const entries: LogEntry[] = [];
      await follow([1], { read: (entry) => void entries.push(entry) });
      await until(() => entries.length === RECORDS.length);
      expect(plain(entries.map(({ record }) => record))).toEqual(plain(RECORDS));
      expect(entries.map(({ offset }) => offset)).toEqual(offsets);
      expect(entries.every(({ shard, timestamp }) => shard === 1 && timestamp >= log.horizon())).toBe(true);
    });

    it('is read in the order of its offsets, what was there before and what comes after', async () => {
      const { log } = open.messaging;
      const entries: LogEntry[] = [];
      for (let count = 0; count < 50; count += 1) await log.append(0, claim(`before ${count}`));
      await follow([0], { read: (entry) => void entries.push(entry) });
      for (let count = 0; count < 50; count += 1) await log.append(0, claim(`after ${count}`));
      await until(() => entries.length === 100);
      const offsets = entries.map(({ offset }) => offset);
      expect([...offsets].sort((a, b) => (a < b ? -1 : 1))).toEqual(offsets);
      expect(new Set(offsets).size).toBe(100);
    });

    it('says once for each shard when everything that was there has been read', async () => {
      const { log } = open.messaging;
      await log.append(0, claim('a'));
      await log.append(2, claim('b'));
      const story: string[] = [];
      await follow(all, {
        read: ({ shard }) => void story.push(`read ${shard}`),
        caughtUp: (shard) => void story.push(`caught up ${shard}`),
      });
      await until(() => story.filter((word) => word.startsWith('caught')).length === SHARDS);
      await log.append(0, claim('c'));
      await until(() => story.filter((word) => word === 'read 0').length === 2);
      expect(story.filter((word) => word.endsWith(' 0'))).toEqual(['read 0', 'caught up 0', 'read 0']);
      expect(story.filter((word) => word.endsWith(' 1'))).toEqual(['caught up 1']);
      expect(story.filter((word) => word.endsWith(' 2'))).toEqual(['read 2', 'caught up 2']);
    });

    it('waits for its listener before the next record of the shard', async () => {
      const { log } = open.messaging;
      for (const text of ['a', 'b', 'c']) await log.append(0, claim(text));
      let under = 0;
      let most = 0;
      let read = 0;
      await follow([0], {
        read: async () => {
          most = Math.max(most, ++under);
          await new Promise((resolve) => setImmediate(resolve));
          under -= 1;
          read += 1;
        },
      });
      await until(() => read === 3);
      expect(most).toBe(1);
    });

    it('gives every tail the same sequence', async () => {
      const { log } = open.messaging;
      const [first, second]: [LogEntry[], LogEntry[]] = [[], []];
      await follow(all, { read: (entry) => void first.push(entry) });
      await Promise.all(Array.from({ length: 60 }, (_, count) => log.append(count % SHARDS, claim(`${count}`))));
      await follow(all, { read: (entry) => void second.push(entry) });
      await until(() => first.length === 60 && second.length === 60);
      for (const shard of all) {
        const of = (entries: LogEntry[]) => plain(entries.filter((entry) => entry.shard === shard));
        expect(of(first)).toEqual(of(second));
      }
    });

    it('reaches the end that the log has when it is asked, and not before the listener is done with it', async () => {
      const { log } = open.messaging;
      const never = new AbortController().signal;
      let read = 0;
      await follow(all, {
        read: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          read += 1;
        },
      });
      for (let round = 1; round <= 20; round += 1) {
        await Promise.all(all.map((shard) => log.append(shard, claim(`${round}`))));
        await Promise.all([log.reachEnd(never), log.reachEnd(never)]);
        expect(read).toBe(round * SHARDS);
      }
    });

    it('says when the end is not reached in time', async () => {
      const { log } = open.messaging;
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      const { promise: reading, resolve: began } = Promise.withResolvers<void>();
      await follow([0], {
        read: () => {
          began();
          return held;
        },
      });
      await log.append(0, claim('a'));
      await reading;
      const abandoned = new AbortController();
      const waiting = log.reachEnd(abandoned.signal);
      abandoned.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
      release();
      await log.reachEnd(new AbortController().signal);
    });

    it('reads nothing more after a tail is closed', async () => {
      const { log } = open.messaging;
      const entries: LogEntry[] = [];
      const tail = await follow([0], { read: (entry) => void entries.push(entry) });
      await log.append(0, claim('a'));
      await until(() => entries.length === 1);
      await tail.close();
      await log.append(0, claim('b'));
      const others: LogEntry[] = [];
      await follow([0], { read: (entry) => void others.push(entry) });
      await until(() => others.length === 2);
      expect(entries).toHaveLength(1);
    });
  });
};
