import { randomUUID } from 'node:crypto';
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { ReconnectingConsumer } from './reconnecting-consumer.js';

export interface RecordLookupOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly end: (partition: number) => Promise<bigint>;
}

/** Longest wait for one record, the forming of the group included, in milliseconds. */
const LOOKUP_TIMEOUT_MS = 10_000;
/** One record is wanted; the broker sends at least one, however large. */
const FETCH_BYTES = 16_384;

interface Wanted {
  readonly partition: number;
  readonly offset: bigint;
  readonly found: (message: KafkaMessage | undefined) => void;
}

/** Reads single records of a topic by their place, one after the other; joins Kafka when first asked. */
export class RecordLookup {
  #consumer: Promise<ReconnectingConsumer> | undefined;
  #wanted: Wanted | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RecordLookupOptions) {}

  /** The record at that place; `undefined` where none is, or none any more. `unavailable` when Kafka does not say. */
  recordAt(partition: number, offset: bigint): Promise<KafkaMessage | undefined> {
    const answer = this.#last.then(() => this.#find(partition, offset));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const consumer = await this.#consumer?.catch(() => undefined);
    await consumer?.close();
  }

  async #find(partition: number, offset: bigint): Promise<KafkaMessage | undefined> {
    if (offset >= (await this.options.end(partition))) return undefined;
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(silent()), LOOKUP_TIMEOUT_MS);
    try {
      const consumer = await Promise.race([(this.#consumer ??= this.#join()), silence]);
      return await Promise.race([this.#ask(consumer, partition, offset), silence]);
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(consumer: ReconnectingConsumer, partition: number, offset: bigint): Promise<KafkaMessage | undefined> {
    return new Promise((found) => {
      this.#wanted = { partition, offset, found };
      this.#go(consumer, this.#wanted);
    });
  }

  #go({ client }: ReconnectingConsumer, { partition, offset }: Wanted): void {
    const { topic } = this.options;
    client.pause([{ topic }]);
    client.seek({ topic, partition, offset: offset.toString() });
    client.resume([{ topic, partitions: [partition] }]);
  }

  async #join(): Promise<ReconnectingConsumer> {
    const { kafka, topic } = this.options;
    const consumer = new ReconnectingConsumer(kafka, {
      groupId: `coffer-lookup-${randomUUID()}`,
      // Also how long the client sleeps while there is nothing to fetch.
      maxWaitTimeInMs: 50,
      maxBytesPerPartition: FETCH_BYTES,
    });
    const { client } = consumer;
    try {
      const joined = new Promise<void>((resolve) => {
        client.on(client.events.GROUP_JOIN, () => {
          client.pause([{ topic }]);
          // Whoever joins again has lost its place.
          if (this.#wanted !== undefined) this.#go(consumer, this.#wanted);
          resolve();
        });
      });
      await consumer.run(topic, false, { autoCommit: false, eachBatch: (payload) => this.#read(payload) });
      await joined;
      return consumer;
    } catch {
      this.#consumer = undefined;
      await consumer.close().catch(() => undefined);
      throw silent();
    }
  }

  async #read({ batch, isStale }: EachBatchPayload): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined || isStale() || batch.partition !== wanted.partition) return;
    const message = batch.messages.find(({ offset }) => BigInt(offset) >= wanted.offset);
    if (message === undefined) return;
    this.#wanted = undefined;
    const there = BigInt(message.offset) === wanted.offset;
    wanted.found(there ? message : undefined);
  }
}

const silent = (): CofferError =>
  new CofferError('unavailable', 'Kafka did not say in time which record stands at an offset');
