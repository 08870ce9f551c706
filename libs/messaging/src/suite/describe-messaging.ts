import { describeDeadLetters } from './dead-letters-suite.js';
import { describeLog } from './log-suite.js';
import { describeQueue } from './queue-suite.js';
import { describeShardGroup } from './shard-group-suite.js';
import type { MessagingHarness } from './harness.js';

/** What every implementation of the messaging contract does. */
export const describeMessaging = (harness: MessagingHarness): void => {
  describe(`messaging: ${harness.name}`, () => {
    describeQueue(harness);
    describeLog(harness);
    describeShardGroup(harness);
    describeDeadLetters(harness);
  });
};
