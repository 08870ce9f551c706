import { fenceOf } from '@coffer/secrets';
import { deadLetterId, summaryOf, type DeadLetter } from '../contract/dead-letters.js';
import type { MessagingHarness, OpenMessaging } from './harness.js';
import { mutation } from './examples.js';

const idOf = (offset: bigint): string => deadLetterId(fenceOf(3, offset), 1);

const deadLetter = (offset: bigint): DeadLetter => ({
  id: idOf(offset),
  mutation: { ...mutation('main/ns/%2Fkey', `operation ${offset}`), traceparent: '00-aa-bb-01' },
  code: 'too-large',
  time: 1_700_000_000_001,
});

const plain = (found: DeadLetter | undefined): unknown =>
  found && { ...found, mutation: { ...found.mutation, body: [...found.mutation.body] } };

export const describeDeadLetters = (harness: MessagingHarness): void => {
  describe('the dead letters', () => {
    let open: OpenMessaging;
    beforeEach(async () => {
      open = await harness.open();
    });
    afterEach(() => open.close());
    const listed = async (): Promise<string[]> => (await open.messaging.deadLetters.list()).map(({ id }) => id);

    it('keep every letter once', async () => {
      const { deadLetters } = open.messaging;
      expect(await listed()).toEqual([]);
      for (const offset of [7n, 8n, 7n]) await deadLetters.add(deadLetter(offset));
      const kept = await deadLetters.list();
      expect(kept).toEqual([7n, 8n].map((offset) => summaryOf(deadLetter(offset))));
    });

    it('are found one by one, each as it was added', async () => {
      const { deadLetters } = open.messaging;
      expect(await deadLetters.find(idOf(7n))).toBeUndefined();
      for (const offset of [6n, 2n ** 47n]) await deadLetters.add(deadLetter(offset));
      expect(plain(await deadLetters.find(idOf(2n ** 47n)))).toEqual(plain(deadLetter(2n ** 47n)));
      expect(await deadLetters.find(idOf(7n))).toBeUndefined();
    });

    it('are gone for good once discarded, also twice, and leave the others', async () => {
      const { deadLetters } = open.messaging;
      for (const offset of [7n, 8n, 9n]) await deadLetters.add(deadLetter(offset));
      expect(await listed()).toHaveLength(3);
      for (const offset of [8n, 8n, 100n]) await deadLetters.discard(idOf(offset));
      expect(await listed()).toEqual([idOf(7n), idOf(9n)]);
      expect(await deadLetters.find(idOf(8n))).toBeUndefined();
    });

    it('may be added again after they were discarded', async () => {
      const { deadLetters } = open.messaging;
      await deadLetters.add(deadLetter(7n));
      await deadLetters.discard(idOf(7n));
      expect(await listed()).toEqual([]);
      await deadLetters.add(deadLetter(7n));
      expect(await listed()).toEqual([idOf(7n)]);
    });
  });
};
