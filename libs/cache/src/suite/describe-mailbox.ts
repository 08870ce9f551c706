import { randomUUID } from 'node:crypto';
import type { Heartbeat } from '@coffer/coherence';
import type { MailboxHarness } from './harness.js';

const heartbeat = (instance: string, shard: number, position: bigint, nonce?: number): Heartbeat => ({
  instance,
  shard,
  position,
  leaving: false,
  ...(nonce === undefined ? {} : { nonce }),
});

/** What every implementation of the mailbox does. */
export const describeMailbox = (harness: MailboxHarness): void => {
  describe(`heartbeat mailbox: ${harness.name}`, () => {
    let open: Awaited<ReturnType<MailboxHarness['open']>>;
    let heard: Heartbeat[];
    const instance = randomUUID();
    const own = (): Heartbeat[] => heard.filter((each) => each.instance === instance);

    /** Posts until it is heard: a message may be lost before the listener has its connection. */
    const posted = async (...heartbeats: Heartbeat[]): Promise<void> => {
      const last = heartbeats.at(-1);
      while (!own().some(({ position }) => position === last?.position)) {
        heartbeats.forEach((each) => open.reader.post(each));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };

    beforeEach(async () => {
      open = await harness.open();
      heard = [];
    });
    afterEach(() => open.close());

    it('hands over what a reader says, unchanged', async () => {
      open.coordinator.listen((each) => heard.push(each));
      const asking = heartbeat(instance, 2, (1n << 60n) + 1n, 7);
      const leaving = { ...heartbeat(instance, 2, (1n << 60n) + 2n), leaving: true };
      await posted(asking, leaving);
      expect(own()).toContainEqual(asking);
      expect(own()).toContainEqual(leaving);
    });

    it('keeps every heartbeat that asks for a lease, and the last position of each shard', async () => {
      open.coordinator.listen((each) => heard.push(each));
      await posted(heartbeat(instance, 0, 1n));
      heard = [];
      const [first, second] = [heartbeat(instance, 0, 3n, 1), heartbeat(instance, 0, 5n, 2)];
      await posted(first, heartbeat(instance, 0, 4n), second, heartbeat(instance, 1, 9n), heartbeat(instance, 0, 6n));
      const shards = (shard: number) => own().filter((each) => each.shard === shard);
      expect(shards(0)).toEqual(expect.arrayContaining([first, second, heartbeat(instance, 0, 6n)]));
      expect(shards(1)).toContainEqual(heartbeat(instance, 1, 9n));
    });

    it('tells every listener, until it is told to stop', async () => {
      const early: Heartbeat[] = [];
      const stop = open.coordinator.listen((each) => early.push(each));
      open.coordinator.listen((each) => heard.push(each));
      await posted(heartbeat(instance, 0, 1n));
      expect(early).toContainEqual(heartbeat(instance, 0, 1n));
      stop();
      await posted(heartbeat(instance, 0, 2n));
      expect(early).not.toContainEqual(heartbeat(instance, 0, 2n));
    });
  });
};
