import type { DeadLetter } from '../contract/dead-letters.js';
import type { MessagingSubject, OpenMessaging } from './describe-messaging.js';
import { mutation } from './examples.js';

const letter = (id: string): DeadLetter => ({
  id,
  delivery: {
    partition: 1,
    offset: 7n,
    timestamp: 1_700_000_000_000,
    record: mutation('main/ns/key', `operation ${id}`),
  },
  code: 'corrupt',
  time: 1_700_000_000_001,
});

export const describeDeadLetters = (subject: MessagingSubject): void => {
  describe('the dead letters', () => {
    let open: OpenMessaging;
    beforeEach(async () => {
      open = await subject.open();
    });
    afterEach(() => open.close());

    it('keep every letter once', async () => {
      const { deadLetters } = open.messaging;
      for (const id of ['a', 'b', 'a']) await deadLetters.bury(letter(id));
      const kept = await deadLetters.list();
      expect(kept.map(({ id, code, delivery }) => [id, code, delivery.offset, delivery.record.operation])).toEqual([
        ['a', 'corrupt', 7n, 'operation a'],
        ['b', 'corrupt', 7n, 'operation b'],
      ]);
    });
  });
};
