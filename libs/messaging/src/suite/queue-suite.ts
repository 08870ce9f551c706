import type { Delivery, MutationHandler, SealedMutation } from '../contract/mutation-queue.js';
import { partitionOf } from '../contract/topology.js';
import type { MessagingHarness, OpenMessaging } from './harness.js';
import { mutation, PARTITIONS, until } from './examples.js';

/** A member of the group that finishes what it is told to. */
class Member implements MutationHandler {
  readonly partitions = new Set<number>();
  readonly seen: Delivery[] = [];
  #finish: (delivery: Delivery) => Promise<void> = () => Promise.resolve();

  constructor(finish?: (delivery: Delivery) => Promise<void>) {
    if (finish !== undefined) this.#finish = finish;
  }

  async assigned(partition: number): Promise<void> {
    this.partitions.add(partition);
  }

  revoked(partition: number): void {
    this.partitions.delete(partition);
  }

  deliver(delivery: Delivery): Promise<void> {
    expect(this.partitions).toContain(delivery.partition);
    this.seen.push(delivery);
    return this.#finish(delivery);
  }

  get operations(): string[] {
    return this.seen.map(({ mutation: { operation } }) => operation);
  }
}

const never = (): Promise<void> => new Promise(() => undefined);

export const describeQueue = (harness: MessagingHarness): void => {
  describe('the mutation queue', () => {
    let open: OpenMessaging;
    let leaves: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      open = await harness.open();
    });
    afterEach(async () => {
      await Promise.all(leaves.map((leave) => leave()));
      leaves = [];
      await open.close();
    });
    const publish = async (path: string, ...operations: string[]): Promise<bigint[]> => {
      const offsets: bigint[] = [];
      for (const operation of operations) {
        offsets.push((await open.messaging.producer.publish(mutation(path, operation))).offset);
      }
      return offsets;
    };
    const join = async (member: Member): Promise<() => Promise<void>> => {
      const consumer = open.messaging.consumer();
      let left: Promise<void> | undefined;
      const leave = (): Promise<void> => (left ??= consumer.close());
      leaves.push(leave);
      await consumer.start(member);
      return leave;
    };

    it('delivers a record as it was published, where its producer was answered', async () => {
      const sealed = { ...mutation('main/ns/key', 'operation'), traceparent: '00-aa-bb-01' };
      const place = await open.messaging.producer.publish(sealed);
      const member = new Member();
      await join(member);
      await until(() => member.seen.length === 1);
      const [delivery] = member.seen;
      const plain = (each: SealedMutation | undefined) => ({ ...each, body: [...(each?.body ?? [])] });
      expect({ ...delivery, mutation: plain(delivery?.mutation) }).toMatchObject({ ...place, mutation: plain(sealed) });
      expect(place.partition).toBe(partitionOf(sealed.path, PARTITIONS));
    });

    it('keeps the order of a path, with offsets that grow', async () => {
      const operations = Array.from({ length: 200 }, (_, index) => `operation ${index}`);
      const offsets = await publish('main/ns/key', ...operations);
      const member = new Member();
      await join(member);
      await until(() => member.seen.length === operations.length);
      expect(member.operations).toEqual(operations);
      expect(member.seen.map(({ offset }) => offset)).toEqual(offsets);
      expect([...offsets].sort((a, b) => (a < b ? -1 : 1))).toEqual(offsets);
    });

    it('delivers the next mutation while earlier ones are unfinished', async () => {
      const member = new Member(never);
      await join(member);
      await publish('main/ns/key', 'a', 'b', 'c');
      await until(() => member.seen.length === 3);
    });

    it('gives every partition to one member, and shares them among members', async () => {
      const [first, second] = [new Member(), new Member()];
      await join(first);
      await until(() => first.partitions.size === PARTITIONS);
      const leave = await join(second);
      await until(() => first.partitions.size + second.partitions.size === PARTITIONS && second.partitions.size > 0);
      expect([...first.partitions].filter((partition) => second.partitions.has(partition))).toEqual([]);
      await leave();
      await until(() => first.partitions.size === PARTITIONS);
    });

    it('lets a successor begin at the lowest unfinished mutation', async () => {
      await publish('main/ns/key', 'a', 'b', 'c', 'd');
      const first = new Member(({ mutation: { operation } }) => (operation === 'b' ? never() : Promise.resolve()));
      const leave = await join(first);
      await until(() => first.seen.length === 4);
      await leave();
      const second = new Member();
      await join(second);
      await until(() => second.operations.includes('b'));
      expect(second.operations[0]).toBe('b');
    });

    it('delivers a rejected mutation again to the next owner, and no finished one', async () => {
      await publish('main/ns/key', 'a', 'b');
      const first = new Member(({ mutation: { operation } }) =>
        operation === 'b' ? Promise.reject(new Error('handed over')) : Promise.resolve(),
      );
      const leave = await join(first);
      await until(() => first.seen.length === 2);
      await leave();
      const second = new Member();
      await join(second);
      await until(() => second.seen.length === 1);
      expect(second.operations).toEqual(['b']);
    });

    it('knows how much of a path’s partition is unfinished', async () => {
      await publish('main/ns/key', 'a', 'b', 'c');
      await until(() => open.messaging.producer.unfinished('main/ns/key') === 3);
      const { mutations, bytes } = open.messaging.producer.backlog();
      expect([mutations, bytes > 3 * mutation('main/ns/key', 'a').body.length]).toEqual([3, true]);
      await join(new Member());
      await until(() => open.messaging.producer.unfinished('main/ns/key') === 0);
      expect(open.messaging.producer.backlog()).toEqual({ mutations: 0, bytes: 0 });
    });

    it('is ready until it is closed', async () => {
      const { producer } = open.messaging;
      await until(() => producer.ready());
      await publish('main/ns/key', 'a');
      await until(() => producer.ready());
      await producer.close();
      expect(producer.ready()).toBe(false);
      await expect(publish('main/ns/key', 'b')).rejects.toMatchObject({ code: 'unavailable' });
      expect(producer.ready()).toBe(false);
    });

    it('knows to which path it gave an offset, and gave none beyond its end', async () => {
      const { partition, offset } = await open.messaging.producer.publish(mutation('main/ns/key', 'a'));
      expect(await open.messaging.isOffsetOf(partition, offset, 'main/ns/key')).toBe(true);
      expect(await open.messaging.isOffsetOf(partition, offset + 1n, 'main/ns/key')).toBe(false);
    });

    it('knows the end of a partition', async () => {
      const { partition, offset } = await open.messaging.producer.publish(mutation('main/ns/key', 'a'));
      expect(await open.messaging.endOffset(partition)).toBeGreaterThan(offset);
    });
  });
};
