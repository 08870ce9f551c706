import { randomUUID } from 'node:crypto';
import type { Admin, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { summaryOf, type DeadLetter, type DeadLetterSummary } from '../contract/dead-letters.js';
import type { MemoryUse } from '../contract/messaging.js';
import { TAIL_TIMES } from './connection.js';
import type { DeadLetterAuthenticator } from './dead-letter-authenticator.js';
import { decodeDeadLetter, deadLetterIdOf } from './dead-letter-codec.js';
import type { LogRefusal } from './log-authenticator.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';
import { RecordLookup } from './record-lookup.js';

/** Longest wait for what was in the topic when somebody asked. */
const READ_TIMEOUT_MS = 8_000;

/** Limit for the summaries; beyond it the oldest letters are not shown until the view begins anew. */
export const VIEW_MAX_BYTES = 32 * 1024 * 1024;
/** What a summary takes beside its path. */
const SUMMARY_BYTES = 500;

/** Why a letter is no longer shown: too many for the view (the topic has it still), or too many for the topic. */
export type EvictionReason = 'view' | 'topic';

export type OnEvicted = (deadLetter: DeadLetterSummary, reason: EvictionReason) => void;

export interface DeadLetterViewOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly authenticator: DeadLetterAuthenticator;
  /** Called with each letter that goes though nobody discarded it. */
  readonly onEvicted?: OnEvicted;
  /** Called once with each message that is ignored because nobody who may write it did. */
  readonly onRefused?: (refusal: LogRefusal, offset: bigint) => void;
}

interface Place {
  readonly summary: DeadLetterSummary;
  readonly offset: bigint;
}

const bytesOf = ({ summary: { path } }: Place): number => SUMMARY_BYTES + 2 * path.length;

interface Waiting {
  /** The position from which on the view is what was asked for. */
  readonly end: bigint;
  readonly resolve: () => void;
}

/**
 * What the letters of the topic are about, followed as they come and go; a whole letter is read when it is asked for. The only member of a group of its own; whenever the group is
 * joined again it reads from the beginning, since tombstones are compacted away in time.
 */
export class DeadLetterView {
  readonly #deadLetters = new Map<string, Place>();
  #bytes = 0;
  #evictions = 0;
  readonly #waiting = new Set<Waiting>();
  readonly #consumer: ReconnectingConsumer;
  readonly #admin: Admin;
  readonly #lookup: RecordLookup;
  #next = 0n;
  /** The end of the refused messages that were reported: whoever begins anew reads them again. */
  #refusedBefore = 0n;

  private constructor(private readonly options: DeadLetterViewOptions) {
    const { kafka, topic } = options;
    this.#admin = kafka.admin();
    this.#lookup = new RecordLookup({ kafka, topic, end: () => this.#end() });
    this.#consumer = new ReconnectingConsumer(kafka, { ...TAIL_TIMES, groupId: `coffer-dead-letters-${randomUUID()}` });
  }

  static async open(options: DeadLetterViewOptions): Promise<DeadLetterView> {
    const view = new DeadLetterView(options);
    try {
      await view.#start();
      return view;
    } catch {
      await view.close();
      throw unknown();
    }
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: VIEW_MAX_BYTES, evictions: this.#evictions };
  }

  /** Everything that the topic held when the call began. `unavailable` when that cannot be known in time. */
  async list(): Promise<readonly DeadLetterSummary[]> {
    await this.#catchUp();
    return Array.from(this.#deadLetters.values(), ({ summary }) => summary);
  }

  /** The whole dead letter; `undefined` where the topic held none when the call began. */
  async find(id: string): Promise<DeadLetter | undefined> {
    await this.#catchUp();
    const place = this.#deadLetters.get(id);
    const message = place && (await this.#lookup.recordAt(0, place.offset));
    return message && decodeDeadLetter(id, message);
  }

  /** Reads the topic anew where messages were passed over for want of a key, which may be there now; `list` and `find` wait for that. */
  keysChanged(): void {
    if (this.options.authenticator.lacksKeys) this.#again();
  }

  async #catchUp(): Promise<void> {
    const end = await this.#end();
    if (this.#next >= end) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { end, resolve };
    const timer = setTimeout(() => reject(unknown()), READ_TIMEOUT_MS);
    this.#waiting.add(waiting);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#consumer.close(), this.#lookup.close(), this.#admin.disconnect()]);
  }

  async #start(): Promise<void> {
    await this.#admin.connect();
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, () => this.#again());
    await this.#consumer.run(this.options.topic, true, {
      autoCommit: false,
      eachBatch: (payload) => this.#read(payload),
    });
  }

  #again(): void {
    this.#deadLetters.clear();
    this.#bytes = 0;
    this.#next = 0n;
    this.#consumer.client.seek({ topic: this.options.topic, partition: 0, offset: '0' });
  }

  async #read({ batch, isStale }: EachBatchPayload): Promise<void> {
    if (isStale()) return;
    for (const message of batch.messages) {
      const refusal = this.options.authenticator.refusalOf(message);
      if (refusal !== undefined) this.#refuse(refusal, BigInt(message.offset));
      const id = deadLetterIdOf(message);
      if (refusal !== undefined || id === undefined) continue;
      if (message.value === null) this.#drop(id);
      else if (!this.#deadLetters.has(id)) this.#add(id, message);
    }
    // Gaps of the compaction carry no message, but they count.
    this.#next = BigInt(batch.lastOffset()) + 1n;
    for (const { end, resolve } of this.#waiting) if (this.#next >= end) resolve();
  }

  #refuse(refusal: LogRefusal, offset: bigint): void {
    if (offset < this.#refusedBefore) return;
    this.#refusedBefore = offset + 1n;
    this.options.onRefused?.(refusal, offset);
  }

  #add(id: string, message: KafkaMessage): void {
    const place = { summary: summaryOf(decodeDeadLetter(id, message)), offset: BigInt(message.offset) };
    this.#deadLetters.set(id, place);
    this.#bytes += bytesOf(place);
    for (const [oldest, { summary }] of this.#deadLetters) {
      if (this.#bytes <= VIEW_MAX_BYTES) break;
      this.#evict(oldest, summary, 'view');
    }
  }

  /** The topic has deleted what lies before the offset. */
  #forgetBefore(low: bigint): void {
    for (const [id, { summary, offset }] of this.#deadLetters) if (offset < low) this.#evict(id, summary, 'topic');
    if (this.#next < low) this.#next = low;
  }

  #evict(id: string, summary: DeadLetterSummary, reason: EvictionReason): void {
    this.#drop(id);
    this.#evictions += 1;
    this.options.onEvicted?.(summary, reason);
  }

  #drop(id: string): void {
    const place = this.#deadLetters.get(id);
    if (place === undefined) return;
    this.#deadLetters.delete(id);
    this.#bytes -= bytesOf(place);
  }

  async #end(): Promise<bigint> {
    try {
      const [partition] = await this.#admin.fetchTopicOffsets(this.options.topic);
      this.#forgetBefore(BigInt(partition?.low ?? 0));
      return BigInt(partition?.high ?? 0);
    } catch {
      throw unknown();
    }
  }
}

const unknown = (): CofferError =>
  new CofferError('unavailable', 'Kafka did not say in time which dead letters there are');
