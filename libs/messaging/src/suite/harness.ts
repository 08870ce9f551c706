import type { Messaging } from '../contract/messaging.js';

export interface MessagingHarness {
  readonly name: string;
  /** Messaging with empty topics of its own: 6 partitions, 3 shards. */
  open(): Promise<OpenMessaging>;
}

export interface OpenMessaging {
  readonly messaging: Messaging;
  close(): Promise<void>;
}
