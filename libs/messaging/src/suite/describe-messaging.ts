import { describeDeadLetters } from './dead-letters-suite.js';
import { describeLog } from './log-suite.js';
import { describeQueue } from './queue-suite.js';
import { describeShardGroup } from './shard-group-suite.js';
import type { MessagingSubject } from './subject.js';

/** What every implementation of the messaging contract does. */
export const describeMessaging = (subject: MessagingSubject): void => {
  describe(`messaging: ${subject.name}`, () => {
    describeQueue(subject);
    describeLog(subject);
    describeShardGroup(subject);
    describeDeadLetters(subject);
  });
};
