import { randomUUID } from 'node:crypto';
import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import type { DeadLetter } from '../contract/dead-letters.js';
import { TAIL_TIMES } from './connection.js';
import { decodeLetter, letterIdOf } from './dead-letter-codec.js';
import { LastingConsumer } from './lasting-consumer.js';

/** Longest wait for what was in the topic when somebody asked, in milliseconds. */
const PATIENCE = 8_000;

interface Waiting {
  /** The position from which on the view is what was asked for. */
  readonly end: bigint;
  readonly resolve: () => void;
}

/**
 * The letters of the topic, followed as they come and go. The only member of a group of its own; whenever the group is
 * joined again it reads from the beginning, since tombstones are compacted away in time.
 */
export class DeadLetterView {
  readonly #letters = new Map<string, DeadLetter>();
  readonly #waiting = new Set<Waiting>();
  readonly #consumer: LastingConsumer;
  readonly #admin: Admin;
  #next = 0n;

  private constructor(
    kafka: Kafka,
    private readonly topic: string,
  ) {
    this.#admin = kafka.admin();
    this.#consumer = new LastingConsumer(kafka, { ...TAIL_TIMES, groupId: `coffer-dead-letters-${randomUUID()}` });
  }

  static async open(kafka: Kafka, topic: string): Promise<DeadLetterView> {
    const view = new DeadLetterView(kafka, topic);
    try {
      await view.#start();
      return view;
    } catch {
      await view.close();
      throw unknown();
    }
  }

  /** Everything that the topic held when the call began. `unavailable` when that cannot be known in time. */
  async letters(): Promise<ReadonlyMap<string, DeadLetter>> {
    const end = await this.#end();
    if (this.#next >= end) return this.#letters;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { end, resolve };
    const timer = setTimeout(() => reject(unknown()), PATIENCE);
    this.#waiting.add(waiting);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
    return this.#letters;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#consumer.close(), this.#admin.disconnect()]);
  }

  async #start(): Promise<void> {
    await this.#admin.connect();
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, () => this.#again());
    await this.#consumer.run(this.topic, true, { autoCommit: false, eachBatch: (payload) => this.#read(payload) });
  }

  #again(): void {
    this.#letters.clear();
    this.#next = 0n;
    this.#consumer.client.seek({ topic: this.topic, partition: 0, offset: '0' });
  }

  async #read({ batch, isStale }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    for (const message of batch.messages) {
      const id = letterIdOf(message);
      if (id === undefined) continue;
      if (message.value === null) this.#letters.delete(id);
      else if (!this.#letters.has(id)) this.#letters.set(id, decodeLetter(id, message));
    }
    // Gaps of the compaction carry no message, but they count.
    this.#next = BigInt(batch.lastOffset()) + 1n;
    for (const { end, resolve } of this.#waiting) if (this.#next >= end) resolve();
  }

  async #end(): Promise<bigint> {
    try {
      const [partition] = await this.#admin.fetchTopicOffsets(this.topic);
      return BigInt(partition?.high ?? 0);
    } catch {
      throw unknown();
    }
  }
}

const unknown = (): CofferError =>
  new CofferError('unavailable', 'Kafka did not say in time which dead letters there are');
