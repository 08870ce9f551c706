import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { z } from 'zod';
import { CofferError, type Clock } from '@coffer/secrets';
import type { MemoryUse } from '../contract/messaging.js';
import {
  bytesOfUndelivered,
  UNDELIVERED_MAX_BYTES,
  type UndeliveredEvent,
  type UndeliveredEvents,
} from '../contract/undelivered-events.js';
import { BatchingSender } from './batching-sender.js';
import { onceLed, TAIL_TIMES } from './connection.js';
import { DeadLetterAuthenticator } from './dead-letter-authenticator.js';
import type { SigningKeys } from './log-authenticator.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';
import { ensureUndeliveredTopic } from './topics.js';

export interface KafkaUndeliveredEventsOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly ring: SigningKeys;
  readonly clock: Pick<Clock, 'wall'>;
  /** Replicas of the topic where it is made. Defaults to the broker's own setting. */
  readonly replicationFactor?: number;
}

/** Longest wait for what was in the topic when somebody asked. */
const READ_TIMEOUT_MS = 8_000;
const POLL_INTERVAL_MS = 50;

const content = z.object({
  webhook: z.string(),
  path: z.string().exactOptional(),
  body: z.string(),
  reason: z.string(),
  attempts: z.int(),
  time: z.int(),
});

/** `undefined` for what no version of Coffer wrote. */
const decode = (id: string, value: Buffer): UndeliveredEvent | undefined => {
  try {
    return { id, ...content.parse(JSON.parse(value.toString())) };
  } catch {
    return undefined;
  }
};

/**
 * Events that were given up, in a compacted topic of one partition: an event's id is its message's key, and a tombstone
 * discards it. Signed as dead letters are. Whoever lists them once follows the topic from then on.
 */
export class KafkaUndeliveredEvents implements UndeliveredEvents {
  readonly #sender: BatchingSender;
  readonly #authenticator: DeadLetterAuthenticator;
  readonly #events = new Map<string, UndeliveredEvent>();
  #bytes = 0;
  #evictions = 0;
  #next = 0n;
  #following: Promise<ReconnectingConsumer> | undefined;
  #made: Promise<void> | undefined;

  constructor(private readonly options: KafkaUndeliveredEventsOptions) {
    this.#sender = new BatchingSender(options.kafka, options.topic);
    this.#authenticator = new DeadLetterAuthenticator(options.ring, options.topic);
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: UNDELIVERED_MAX_BYTES, evictions: this.#evictions };
  }

  async add({ id, ...rest }: UndeliveredEvent): Promise<void> {
    await this.#send({ key: id, value: JSON.stringify(rest) });
  }

  async discard(id: string): Promise<void> {
    await this.#send({ key: id, value: null });
  }

  async list(): Promise<readonly UndeliveredEvent[]> {
    try {
      await (this.#following ??= this.#follow());
      await this.#catchUp();
    } catch {
      const following = this.#following;
      this.#following = undefined;
      void following?.then((consumer) => consumer.close()).catch(() => undefined);
      throw new CofferError('unavailable', 'Kafka did not say in time which undelivered events there are');
    }
    return [...this.#events.values()];
  }

  async close(): Promise<void> {
    await this.#sender.close();
    await (await this.#following?.catch(() => undefined))?.close();
  }

  async #send(message: { readonly key: string; readonly value: string | null }): Promise<void> {
    await this.#make();
    await this.#sender.send(0, this.#authenticator.sign(message, this.options.clock.wall()));
  }

  /** Once, where it is not there: only those who have webhooks need the topic. */
  #make(): Promise<void> {
    const { kafka, topic, replicationFactor } = this.options;
    const make = (this.#made ??= ensureUndeliveredTopic(kafka, topic, replicationFactor));
    make.catch(() => (this.#made = undefined));
    return make;
  }

  async #follow(): Promise<ReconnectingConsumer> {
    const { kafka, topic } = this.options;
    await this.#make();
    const consumer = new ReconnectingConsumer(kafka, {
      ...TAIL_TIMES,
      groupId: `coffer-webhook-letters-${randomUUID()}`,
    });
    const { client } = consumer;
    // Tombstones are compacted away in time, so whoever joins anew begins anew.
    client.on(client.events.GROUP_JOIN, () => {
      this.#events.clear();
      [this.#bytes, this.#next] = [0, 0n];
      client.seek({ topic, partition: 0, offset: '0' });
    });
    await consumer.run(topic, true, { autoCommit: false, eachBatch: (payload) => this.#read(payload) });
    return consumer;
  }

  async #catchUp(): Promise<void> {
    const { kafka, topic } = this.options;
    const deadline = performance.now() + READ_TIMEOUT_MS;
    const admin = kafka.admin();
    try {
      await admin.connect();
      const [partition] = await onceLed(admin, () => admin.fetchTopicOffsets(topic));
      const [low, high] = [BigInt(partition?.low ?? 0), BigInt(partition?.high ?? 0)];
      while (low < high && this.#next < high) {
        if (performance.now() > deadline) throw new CofferError('unavailable', 'not read in time');
        await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
      }
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  async #read({ batch, isStale }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    for (const message of batch.messages) {
      if (this.#authenticator.refusalOf(message) === undefined) this.#take(message);
    }
    this.#next = BigInt(batch.lastOffset()) + 1n;
  }

  #take({ key, value }: KafkaMessage): void {
    const id = key?.toString() ?? '';
    this.#drop(id);
    const event = value === null ? undefined : decode(id, value);
    if (event === undefined) return;
    this.#events.set(id, event);
    this.#bytes += bytesOfUndelivered(event);
    for (const oldest of this.#events.keys()) {
      if (this.#bytes <= UNDELIVERED_MAX_BYTES) break;
      this.#drop(oldest);
      this.#evictions += 1;
    }
  }

  #drop(id: string): void {
    const event = this.#events.get(id);
    if (event === undefined) return;
    this.#events.delete(id);
    this.#bytes -= bytesOfUndelivered(event);
  }
}
