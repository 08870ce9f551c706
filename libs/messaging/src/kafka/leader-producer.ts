import type { ICustomPartitioner, Kafka, Message, PartitionMetadata, Producer, RecordMetadata } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { BOUNDED } from './connection.js';
import { PRODUCE_TIMEOUT_MS } from './responsive-kafka.js';

/** The leader of each partition, by its number. */
export type Leaders = Map<number, number>;

/** How long a producer is made anew that did not get its id, because the broker that it asked was lost. Milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;
const CONNECT_RETRY_DELAY_MS = 100;

/** Takes the partition that each message names, and tells who leads. */
const partitionerNoting =
  (leaders: Leaders): ICustomPartitioner =>
  () => {
    let known: readonly PartitionMetadata[] | undefined;
    return ({ partitionMetadata, message }) => {
      if (known !== partitionMetadata) {
        known = partitionMetadata;
        for (const { partitionId, leader } of partitionMetadata) if (leader >= 0) leaders.set(partitionId, leader);
      }
      return message.partition ?? 0;
    };
  };

/** An idempotent producer of the client, made when it is first needed, and again after it was discarded. */
export class LeaderProducer {
  #producer: Promise<Producer> | undefined;

  /** `leaders` is filled with who leads the topic's partitions whenever something is sent. */
  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
    private readonly leaders: Leaders,
  ) {}

  /** Each message names its partition. */
  async send(messages: Message[]): Promise<RecordMetadata[]> {
    const producer = await this.#connected();
    return producer.send({ topic: this.topic, acks: -1, timeout: PRODUCE_TIMEOUT_MS, messages });
  }

  /** The next `send` has another producer's id and sequence numbers. */
  async discard(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    try {
      return await this.#producer;
    } catch (error) {
      this.#producer = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Producer> {
    const until = performance.now() + CONNECT_TIMEOUT_MS;
    for (;;) {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        retry: BOUNDED,
        createPartitioner: partitionerNoting(this.leaders),
      });
      try {
        await producer.connect();
        return producer;
      } catch (error) {
        await producer.disconnect().catch(() => undefined);
        if (performance.now() > until) throw error;
        await pause(CONNECT_RETRY_DELAY_MS);
      }
    }
  }
}
