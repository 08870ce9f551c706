import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { z } from 'zod';
import type { Clock } from '@coffer/secrets';
import type { Revocation, RevocationLog } from '../contract/revocation-log.js';
import { BatchingSender } from './batching-sender.js';
import { onceLed, TAIL_TIMES } from './connection.js';
import { LogAuthenticator, type LogRefusal, type SigningKeys } from './log-authenticator.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';

export interface KafkaRevocationLogOptions {
  readonly kafka: Kafka;
  /** A client of the same cluster that waits for a broker as long as it takes. */
  readonly patient: Kafka;
  readonly topic: string;
  readonly ring: SigningKeys;
  readonly clock: Pick<Clock, 'wall'>;
  /** Called with each record that is passed over. Defaults to nothing. */
  readonly onRefused?: (refusal: LogRefusal) => void;
}

const PARTITION = 0;

const content = z.object({
  kind: z.enum(['session', 'token']),
  id: z.string().min(1).max(64),
  beganAtMs: z.number(),
  expiresAtMs: z.number(),
});

/** `undefined` for what this version of Coffer does not write. */
const decode = (record: Buffer): Revocation | undefined => {
  try {
    return content.parse(JSON.parse(record.toString()));
  } catch {
    return undefined;
  }
};

/**
 * Revocations in a topic of one partition that keeps each for longer than what it ends. Signed as the coherence log is. A copy of a
 * record has no effect, so none is stale. Each process reads all of it, as the only member of a group of its own.
 */
export class KafkaRevocationLog implements RevocationLog {
  readonly #sender: BatchingSender;
  readonly #authenticator: LogAuthenticator;
  readonly #consumer: ReconnectingConsumer;
  readonly #forgetRing: () => void;
  #next = 0n;
  #waiting: { readonly end: bigint; readonly resolve: () => void } | undefined;
  #listener: (revocation: Revocation) => void = () => undefined;

  constructor(private readonly options: KafkaRevocationLogOptions) {
    const { kafka, patient, topic, ring } = options;
    this.#sender = new BatchingSender(kafka, topic);
    this.#authenticator = new LogAuthenticator(ring, topic);
    const groupId = `coffer-tail-${randomUUID()}`;
    this.#consumer = new ReconnectingConsumer(patient, { ...TAIL_TIMES, groupId });
    this.#forgetRing = ring.onChange(() => this.#readMissed());
  }

  async publish(revocation: Revocation): Promise<void> {
    const { id: key, ...rest } = revocation;
    const value = this.#authenticator.sign(PARTITION, JSON.stringify({ id: key, ...rest }), this.options.clock.wall());
    await this.#sender.send(PARTITION, { key, value });
  }

  async follow(listener: (revocation: Revocation) => void): Promise<void> {
    const { kafka, topic } = this.options;
    this.#listener = listener;
    const admin = kafka.admin();
    await admin.connect();
    let end: bigint;
    try {
      const [partition] = await onceLed(admin, () => admin.fetchTopicOffsets(topic));
      this.#next = BigInt(partition?.low ?? 0);
      end = BigInt(partition?.high ?? 0);
    } finally {
      await admin.disconnect();
    }
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, () => this.#seek());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { end, resolve };
    await this.#consumer.run(topic, true, { autoCommit: false, eachBatch: (payload) => this.#read(payload) });
    this.#reached();
    await promise;
  }

  async close(): Promise<void> {
    this.#forgetRing();
    await Promise.all([this.#sender.close(), this.#consumer.close()]);
  }

  /** The client goes on where the topic now begins when that place is gone. */
  #seek(): void {
    this.#consumer.client.seek({ topic: this.options.topic, partition: PARTITION, offset: this.#next.toString() });
  }

  /** What was passed over for want of a key which is there now. */
  #readMissed(): void {
    const { unknownKeys } = this.#authenticator;
    if (!this.options.ring.ids.some((id) => unknownKeys.has(id))) return;
    this.#next = 0n;
    this.#seek();
  }

  async #read({ batch, isStale }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    for (const { value } of batch.messages) {
      const authenticated = this.#authenticator.verify(PARTITION, value);
      const revocation = typeof authenticated === 'string' ? authenticated : decode(authenticated.record);
      if (typeof revocation === 'object') this.#listener(revocation);
      else this.options.onRefused?.(revocation ?? 'unreadable');
    }
    // Control records and gaps carry no message, but they count.
    this.#next = BigInt(batch.lastOffset()) + 1n;
    this.#reached();
  }

  #reached(): void {
    if (this.#waiting !== undefined && this.#next >= this.#waiting.end) this.#waiting.resolve();
  }
}
