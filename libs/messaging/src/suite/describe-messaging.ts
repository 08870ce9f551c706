import type { Messaging } from '../contract/messaging.js';
import { describeDeadLetters } from './dead-letters-suite.js';
import { describeLog } from './log-suite.js';
import { describeQueue } from './queue-suite.js';
import { describeShardGroup } from './shard-group-suite.js';

export interface MessagingSubject {
  readonly name: string;
  /** Messaging with empty topics of its own: 6 partitions, 3 shards. */
  open(): Promise<OpenMessaging>;
}

export interface OpenMessaging {
  readonly messaging: Messaging;
  close(): Promise<void>;
}

/** What every implementation of the messaging contract does. */
export const describeMessaging = (subject: MessagingSubject): void => {
  describe(`messaging: ${subject.name}`, () => {
    describeQueue(subject);
    describeLog(subject);
    describeShardGroup(subject);
    describeDeadLetters(subject);
  });
};
