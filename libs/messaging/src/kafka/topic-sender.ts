import type { Kafka, Producer } from 'kafkajs';
import type { KafkaConfiguration } from '@coffer/config';
import { BOUNDED, connectKafka, onceLed, type KafkaLog } from './connection.js';

export interface TopicSenderOptions {
  readonly configuration: KafkaConfiguration;
  readonly topic: string;
  readonly log: KafkaLog;
}

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
      const topics = [{ topic, numPartitions: -1, replicationFactor }];
      // Whoever may not make topics uses the one that is there, or is told by the first `send`.
      await onceLed(admin, () => admin.createTopics({ waitForLeaders: false, topics })).catch(() => undefined);
    } finally {
      await admin.disconnect();
    }
  }

  /**
   * Resolves once all in-sync replicas have all of them. Texts of one key keep their order. After a rejection some may be
   * there; sent again, they are there twice.
   */
  async send(key: string, texts: readonly string[]): Promise<void> {
    const producer = (this.#producer ??= await this.#connect());
    try {
      const messages = texts.map((value) => ({ key, value }));
      await producer.send({ topic: this.options.topic, acks: -1, messages });
    } catch (error) {
      // Its sequence numbers may not be the broker's any more.
      await this.close();
      throw error;
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
