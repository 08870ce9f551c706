import type { Kafka, Producer } from 'kafkajs';
import type { KafkaConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { BOUNDED, connectKafka, onceLed, type KafkaLog } from './connection.js';

export interface TopicSenderOptions {
  readonly configuration: KafkaConfiguration;
  readonly topic: string;
  readonly log: KafkaLog;
}

/** Largest message of a topic that is made here: twice what a sender sends at once. */
const MAX_MESSAGE_BYTES = 1_048_576;
const TOO_LARGE: ReadonlySet<unknown> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Whether a broker has said, with this error or one that it comes from, that it takes no batch so large. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && (('type' in error && TOO_LARGE.has(error.type)) || isTooLarge(error.cause));

/** Sends texts to one topic, a batch at a time: for what is no part of the protocol. */
export class TopicSender {
  readonly #kafka: Kafka;
  #producer: Producer | undefined;

  constructor(private readonly options: TopicSenderOptions) {
    this.#kafka = connectKafka(options.configuration, options.log);
  }

  /** Makes the topic where there is none, if this client may. Rejects where no broker is reached. */
  async open(): Promise<void> {
    const { topic, configuration } = this.options;
    const admin = this.#kafka.admin({ retry: BOUNDED });
    await admin.connect();
    try {
      const { replicationFactor = -1 } = configuration.topic;
      const configEntries = [{ name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) }];
      const topics = [{ topic, numPartitions: -1, replicationFactor, configEntries }];
      // Whoever may not make topics uses the one that is there, or is told by the first `send`.
      await onceLed(admin, () => admin.createTopics({ waitForLeaders: false, topics })).catch(() => undefined);
    } finally {
      await admin.disconnect();
    }
  }

  /**
   * Resolves once all in-sync replicas have all of them. Texts of one key keep their order. After a rejection some may be
   * there; sent again, they are there twice. Rejects with `too-large` where the topic takes no batch of that size: none is
   * there then.
   */
  async send(key: string, texts: readonly string[]): Promise<void> {
    const producer = (this.#producer ??= await this.#connect());
    try {
      const messages = texts.map((value) => ({ key, value }));
      await producer.send({ topic: this.options.topic, acks: -1, messages });
    } catch (error) {
      // Its sequence numbers may not be the broker's any more.
      await this.close();
      if (!isTooLarge(error)) throw error;
      throw new CofferError('too-large', 'the batch is larger than its topic takes (max.message.bytes)');
    }
  }

  /** A later `send` connects anew. Never rejects. */
  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: BOUNDED });
    await producer.connect();
    return producer;
  }
}
