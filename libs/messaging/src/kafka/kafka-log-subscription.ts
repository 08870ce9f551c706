import type { Admin, ConsumerGroupJoinEvent, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { Authority, type LogEntry } from '@coffer/coherence';
import { FinishedOffsets } from '../contract/finished-offsets.js';
import { isStale as isStaleCopy } from '../contract/log-clock.js';
import {
  bytesOfDelivery,
  MAX_SUBSCRIBED,
  MAX_SUBSCRIBED_BYTES,
  type CommitEntry,
  type LogSubscriber,
  type LogSubscription,
} from '../contract/log-subscription.js';
import type { MemoryUse } from '../contract/messaging.js';
import { commitFinished } from './commit-finished.js';
import { comparingAssigner } from './comparing-assigner.js';
import { GROUP_TIMES, onceLed } from './connection.js';
import type { LogAuthenticator } from './log-authenticator.js';
import { decodeLogRecord } from './log-codec.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';
import { RoomWaiter } from './room-waiter.js';

export interface KafkaLogSubscriptionOptions {
  readonly kafka: Kafka;
  /** The coherence log. */
  readonly topic: string;
  readonly shards: number;
  readonly group: string;
  readonly authenticator: LogAuthenticator;
}

/** How often finished offsets are committed. What is lost with a crash is delivered again. */
const COMMIT_INTERVAL_MS = 100;
const RETRY_DELAY_MS = 500;

/** One member's time as the reader of a shard, from one joining of the group to the next. */
interface ShardAssignment {
  readonly ending: AbortController;
  readonly authority: Authority;
  /** Resolves with the offset at which the subscription goes on. */
  readonly ready: Promise<bigint>;
  offsets: FinishedOffsets | undefined;
  next: bigint;
  committed: bigint | undefined;
}

/** A subscription as a group of consumers of the coherence log, whose committed offsets are its position. */
export class KafkaLogSubscription implements LogSubscription {
  readonly #consumer: ReconnectingConsumer;
  readonly #assignments = new Map<number, ShardAssignment>();
  readonly #room = new RoomWaiter();
  #admin: Admin | undefined;
  #timer: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #bytes = 0;
  #subscriber: LogSubscriber | undefined;
  #closed = false;

  constructor(private readonly options: KafkaLogSubscriptionOptions) {
    const assigner = comparingAssigner(
      () => this.#subscriber?.settings ?? {},
      (names) => this.#subscriber?.differ(names),
    );
    this.#consumer = new ReconnectingConsumer(options.kafka, {
      groupId: options.group,
      partitionAssigners: [assigner],
    });
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: MAX_SUBSCRIBED_BYTES };
  }

  async start(subscriber: LogSubscriber): Promise<void> {
    const { kafka, topic, shards } = this.options;
    this.#admin = kafka.admin();
    this.#subscriber = subscriber;
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, ({ payload }) => this.#joined(payload));
    client.on(client.events.REBALANCING, () => this.#revokeAll());
    // Where there is no offset yet, the client would begin at the first record; the assignment says where instead.
    await this.#consumer.run(topic, true, {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: shards,
      eachBatch: (payload) => this.#read(payload, subscriber),
    });
    this.#timer = setInterval(() => void this.#commit(), COMMIT_INTERVAL_MS).unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const { ending } of this.#assignments.values()) ending.abort();
    this.#room.wake();
    await this.#consumer.close(() => this.#commit());
    this.#assignments.clear();
    await this.#admin?.disconnect().catch(() => undefined);
  }

  #joined({ memberAssignment, isLeader }: ConsumerGroupJoinEvent['payload']): void {
    this.#revokeAll();
    // Whoever assigns has compared.
    if (!isLeader) this.#subscriber?.differ([]);
    for (const shard of memberAssignment[this.options.topic] ?? []) {
      const ending = new AbortController();
      const ready = this.#position(shard, ending.signal);
      ready.catch(() => undefined);
      const assignment: ShardAssignment = {
        ...{ ending, ready, authority: new Authority() },
        ...{ offsets: undefined, next: 0n, committed: undefined },
      };
      this.#assignments.set(shard, assignment);
    }
  }

  #revokeAll(): void {
    for (const { ending } of this.#assignments.values()) ending.abort();
    this.#assignments.clear();
    this.#room.wake();
  }

  /** Where the group has come to; for a new one the end of the log, which is committed before anything is delivered. */
  async #position(shard: number, signal: AbortSignal): Promise<bigint> {
    const { topic, group } = this.options;
    for (;;) {
      try {
        const admin = this.#admin as Admin;
        await admin.connect();
        const [known] = await onceLed(admin, () => admin.fetchOffsets({ groupId: group, topics: [topic] }));
        const committed = known?.partitions.find(({ partition }) => partition === shard)?.offset ?? '-1';
        if (BigInt(committed) >= 0n) return BigInt(committed);
        const ends = await onceLed(admin, () => admin.fetchTopicOffsets(topic));
        const end = ends.find(({ partition }) => partition === shard)?.high ?? '0';
        signal.throwIfAborted();
        await this.#consumer.client.commitOffsets([{ topic, partition: shard, offset: end }]);
        this.#consumer.client.seek({ topic, partition: shard, offset: end });
        return BigInt(end);
      } catch (error) {
        if (signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
  }

  async #read(payload: EachBatchPayload, subscriber: LogSubscriber): Promise<void> {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const shard = batch.partition;
    const assignment = this.#assignments.get(shard);
    if (assignment === undefined) return;
    const { ending } = assignment;
    const isOver = (): boolean => ending.signal.aborted || !isRunning() || isStale() || this.#closed;
    if (assignment.offsets === undefined) {
      const next = await this.#meanwhile(assignment.ready, heartbeat);
      assignment.next = next;
      assignment.offsets = new FinishedOffsets(next);
    }
    if (isOver()) return;
    // The client goes on where the log now begins when its place is gone. Control records count here.
    if (BigInt(batch.firstOffset() ?? 0) > assignment.next) {
      await this.#meanwhile(subscriber.missed(ending.signal), heartbeat);
    }
    for (const message of batch.messages) {
      if (isOver()) return;
      if (BigInt(message.offset) < assignment.next) continue;
      await this.#room.wait(() => !isOver() && this.#isFull, heartbeat);
      if (isOver()) return;
      this.#take(shard, assignment, message, subscriber);
      resolveOffset(message.offset);
    }
    await heartbeat();
  }

  #take(shard: number, assignment: ShardAssignment, message: KafkaMessage, subscriber: LogSubscriber): void {
    const { offsets, authority, ending } = assignment;
    const offset = BigInt(message.offset);
    assignment.next = offset + 1n;
    offsets?.begin(offset);
    const entry = this.#open(shard, offset, message);
    const isWanted =
      entry !== undefined && authority.admit(entry) && isApplied(entry) && subscriber.wants(entry.record.path);
    if (!isWanted) return offsets?.finish(offset);
    const bytes = bytesOfDelivery(entry);
    this.#inFlight += 1;
    this.#bytes += bytes;
    const left = (): void => {
      this.#inFlight -= 1;
      this.#bytes -= bytes;
      this.#room.wake();
    };
    subscriber.deliver(entry, ending.signal).then(() => {
      offsets?.finish(offset);
      left();
    }, left);
  }

  /** `undefined` for what counts for nothing; the tail of this process tells of it. */
  #open(shard: number, offset: bigint, { value, timestamp: text }: KafkaMessage): LogEntry | undefined {
    const timestamp = Number(text);
    const authenticated = this.options.authenticator.verify(shard, value);
    if (typeof authenticated === 'string' || isStaleCopy(timestamp, authenticated.sentAt)) return undefined;
    const record = decodeLogRecord(authenticated.record);
    return record && { shard, offset, timestamp, record };
  }

  get #isFull(): boolean {
    return this.#inFlight >= MAX_SUBSCRIBED || this.#bytes >= MAX_SUBSCRIBED_BYTES;
  }

  /** Waits for something that may take long, and stays a member meanwhile. */
  async #meanwhile<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
    const timer = setInterval(() => void heartbeat().catch(() => undefined), GROUP_TIMES.heartbeatInterval);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  #commit(): Promise<void> {
    return commitFinished(this.#consumer.client, this.options.topic, this.#assignments);
  }
}

const isApplied = (entry: LogEntry): entry is CommitEntry =>
  entry.record.type === 'COMMIT' && entry.record.outcome === 'applied' && entry.record.kind !== 'drop';
