import type { Admin, Kafka } from 'kafkajs';
import type { Clock } from '@coffer/secrets';
import {
  bytesOfMutation,
  type QueuePlace,
  type MutationProducer,
  type SealedMutation,
} from '../contract/mutation-queue.js';
import type { PartitionClocks } from '../contract/partition-clocks.js';
import { partitionOf } from '../contract/topology.js';
import { BatchingSender } from './batching-sender.js';
import { encodeMutation } from './mutation-codec.js';

export interface KafkaProducerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** The group of workers, whose commits say what is finished. */
  readonly group: string;
  /** Whether it is asked how much is unfinished: only then does it look how far the workers are. */
  readonly counts: boolean;
  readonly partitions: number;
  readonly clock: Clock;
  /** Learns Kafka's time from acknowledgements. */
  readonly time: PartitionClocks;
}

/** A mutation of this process that no worker is known to have finished. */
interface Published {
  readonly offset: bigint;
  readonly bytes: number;
}

/** How often the workers' progress is looked up. */
const POLL_INTERVAL_MS = 1_000;

/** Publishes mutations, and knows about how many of each partition are unfinished. */
export class KafkaProducer implements MutationProducer {
  readonly #sender: BatchingSender;
  readonly #admin: Admin;
  /** The workers' lag at the last look, and what was published here since, for each partition. */
  readonly #unfinished: { lag: number; since: number; published: Published[] }[];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** What the latest look, or record, found. */
  #ready = false;
  #closed = false;

  constructor(private readonly options: KafkaProducerOptions) {
    this.#sender = new BatchingSender(options.kafka, options.topic);
    this.#admin = options.kafka.admin();
    this.#unfinished = Array.from({ length: options.partitions }, () => ({ ...{ lag: 0, since: 0 }, published: [] }));
  }

  get partitions(): number {
    return this.options.partitions;
  }

  async start(): Promise<void> {
    await this.#admin.connect();
    if (!this.options.counts) return;
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), POLL_INTERVAL_MS);
  }

  async publish(mutation: SealedMutation, signal?: AbortSignal): Promise<QueuePlace> {
    const partition = partitionOf(mutation.path, this.partitions);
    const count = this.#unfinished[partition];
    const bytes = bytesOfMutation(mutation);
    if (count !== undefined) count.since += 1;
    this.#bytes += bytes;
    try {
      const { clock, time } = this.options;
      const sentAt = clock.monotonic();
      const { offset, timestamp = mutation.sentAt } = await this.#sender.send(
        partition,
        encodeMutation(mutation),
        signal,
      );
      time.appended(partition, timestamp, sentAt);
      this.#ready = true;
      count?.published.push({ offset, bytes });
      return { partition, offset, timestamp };
    } catch (error) {
      this.#ready = false;
      this.#bytes -= bytes;
      throw error;
    }
  }

  /** False at most a look and its retries after the broker went away: about four seconds. */
  ready(): boolean {
    return this.#ready && !this.#closed;
  }

  unfinished(path: string): number {
    const { lag, since } = this.#unfinished[partitionOf(path, this.partitions)] ?? { lag: 0, since: 0 };
    return lag + since;
  }

  backlog(): { mutations: number; bytes: number } {
    return { mutations: this.#unfinished.reduce((sum, { lag, since }) => sum + lag + since, 0), bytes: this.#bytes };
  }

  async end(partition: number): Promise<bigint> {
    const ends = await this.#admin.fetchTopicOffsets(this.options.topic);
    return BigInt(ends.find((end) => end.partition === partition)?.high ?? 0);
  }

  /** The first offset whose record was appended at that time or later; the partition's end where there is none. */
  async offsetAt(partition: number, timestamp: number): Promise<bigint> {
    const offsets = await this.#admin.fetchTopicOffsetsByTimestamp(this.options.topic, timestamp);
    const offset = BigInt(offsets.find((found) => found.partition === partition)?.offset ?? -1);
    return offset < 0n ? this.end(partition) : offset;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#sender.close();
    await this.#admin.disconnect();
  }

  async #look(): Promise<void> {
    const { topic, group } = this.options;
    const before = this.#unfinished.map(({ since }) => since);
    try {
      const ends = await this.#admin.fetchTopicOffsets(topic);
      const [progress] = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] });
      for (const { partition, high, low } of ends) {
        const count = this.#unfinished[partition];
        if (count === undefined) continue;
        const committed = Number(progress?.partitions.find((of) => of.partition === partition)?.offset ?? -1);
        count.lag = Math.max(0, Number(high) - (committed < 0 ? Number(low) : committed));
        count.since -= before[partition] ?? 0;
        this.#finished(count.published, BigInt(Math.max(committed, Number(low))));
      }
      this.#ready = true;
    } catch {
      // The broker is away: what was known of the lag still counts.
      this.#ready = false;
    }
  }

  #finished(published: Published[], committed: bigint): void {
    const end = published.findIndex(({ offset }) => offset >= committed);
    const done = published.splice(0, end < 0 ? published.length : end);
    this.#bytes -= done.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
