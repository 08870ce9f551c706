import { Partitioners, type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { BOUNDED } from './connection.js';
import { PRODUCE_TIMEOUT_MS } from './responsive-kafka.js';

/** Below the broker's limit for one batch of a partition, headers included. */
const MAX_BATCH_BYTES = 700_000;

/**
 * After a batch of several records the next one waits so long for more, in milliseconds. A record that comes alone waits
 * for nothing; where many come, each request saved here saves every reader of the topic one as well.
 */
const LINGER = 3;

/** Where a record was put. */
export interface Sent {
  readonly offset: bigint;
  /** When the broker took it, in milliseconds since the Unix epoch; absent where the topic has the sender's own time. */
  readonly timestamp?: number;
}

interface Pending {
  readonly partition: number;
  readonly message: Message;
  readonly bytes: number;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: CofferError) => void;
}

const placeOf = ({ baseOffset, logAppendTime }: RecordMetadata): Sent => {
  const timestamp = Number(logAppendTime ?? -1);
  return { offset: BigInt(baseOffset ?? -1), ...(timestamp < 0 ? {} : { timestamp }) };
};

/**
 * An idempotent producer of one topic. One request is under way at a time, with whatever gathered meanwhile, so that
 * records of a partition keep the order of their `send` calls. After a failure the producer is replaced: its sequence
 * numbers may not be the broker's any more.
 */
export class BatchingSender {
  #pending: Pending[] = [];
  #producer: Producer | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  /** Whether the latest batch had more than one record. */
  #several = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  /** The record's place once all in-sync replicas have it. Rejects with `unavailable`; it may be there all the same. */
  send(partition: number, message: Message): Promise<Sent> {
    if (this.#closed) return Promise.reject(new CofferError('unavailable', 'messaging is closed'));
    const { promise, resolve, reject } = Promise.withResolvers<Sent>();
    const bytes = (message.value?.length ?? 0) + 1_000;
    this.#pending.push({ partition, message, bytes, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#producer?.disconnect();
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#pending.length > 0) {
      if (this.#several) await new Promise((resolve) => setTimeout(resolve, LINGER));
      const batch = this.#take();
      this.#several = batch.length > 1;
      await this.#flush(batch);
    }
    this.#running = undefined;
  }

  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const next of this.#pending) {
      if (count > 0 && bytes + next.bytes > MAX_BATCH_BYTES) break;
      bytes += next.bytes;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  async #flush(batch: readonly Pending[]): Promise<void> {
    let unsent = batch;
    try {
      while (unsent.length > 0) {
        const passedOver = await this.#send(unsent);
        if (passedOver.length === unsent.length) throw new Error('no partition was answered for');
        unsent = passedOver;
      }
    } catch {
      await this.#discard();
      for (const { reject } of unsent) reject(new CofferError('unavailable', 'Kafka did not take the record in time'));
    }
  }

  /**
   * Resolves with the records that were not sent: in kafkajs 2.2.4 a broker that has answered for its part of a batch gets
   * nothing more of it, also where it has become the leader of another part meanwhile. What has another leader by then is
   * sent to that one a second time; the place of the first counts.
   */
  async #send(batch: readonly Pending[]): Promise<Pending[]> {
    const producer = await this.#connected();
    const results = await producer.send({
      topic: this.topic,
      acks: -1,
      timeout: PRODUCE_TIMEOUT_MS,
      messages: batch.map(({ partition, message }) => ({ ...message, partition })),
    });
    const next = new Map(results.toReversed().map((result) => [result.partition, placeOf(result)]));
    return batch.filter(({ partition, resolve }) => {
      const sent = next.get(partition);
      if (sent === undefined) return true;
      next.set(partition, { ...sent, offset: sent.offset + 1n });
      resolve(sent);
      return false;
    });
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: BOUNDED,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    this.#producer = producer;
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }
}
