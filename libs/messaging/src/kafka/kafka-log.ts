import { randomUUID } from 'node:crypto';
import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import { CofferError, type Clock } from '@coffer/secrets';
import type { LogOffset, LogRecord } from '@coffer/coherence';
import type { CoherenceLog, LogListener, LogTail } from '../contract/coherence-log.js';
import { isStale, type LogClock } from '../contract/log-clock.js';
import { PartitionClocks } from '../contract/partition-clocks.js';
import { OffsetWaiter } from '../contract/offset-waiter.js';
import { CoalescedCall } from '../contract/coalesced-call.js';
import { BatchingSender } from './batching-sender.js';
import { onceLed, TAIL_TIMES } from './connection.js';
import { LeaderEnds } from './leader-ends.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';
import { LogAuthenticator, type LogRefusal, type SigningKeys } from './log-authenticator.js';
import { decodeLogRecord, encodeLogRecord } from './log-codec.js';
import { replayStarts } from './replay-starts.js';
import { TopicIdentity } from './topic-identity.js';

export interface KafkaLogOptions extends Pick<CoherenceLog, 'identity' | 'shards'> {
  readonly kafka: Kafka;
  /** A client of the same cluster that waits for a broker as long as it takes. */
  readonly patient: Kafka;
  readonly topic: string;
  /** The replay window. */
  readonly windowMs: number;
  readonly clock: Clock;
  /** Learns Kafka's time from records. */
  readonly time: LogClock;
  readonly ring: SigningKeys;
  /** Called with what is passed over as if it were not there. Defaults to nothing. */
  readonly onRefused?: (refusal: LogRefusal, place: { readonly shard: number; readonly offset: LogOffset }) => void;
  /** Called when a tail cannot go on; whoever reads the log must not go on without it. */
  readonly onFatal: (error: CofferError) => void;
  /** How often a tail looks whether the topic is still the one that it reads, in milliseconds; default `CHECK_INTERVAL_MS`. */
  readonly checkIntervalMs?: number;
}

/** The coherence log in a Kafka topic: a shard is a partition. */
export class KafkaLog implements CoherenceLog {
  readonly identity: string;
  readonly #sender: BatchingSender;
  readonly #tails = new Set<Tail>();
  readonly #authenticator: LogAuthenticator;
  readonly #clocks: PartitionClocks;
  readonly #leaderEnds: LeaderEnds;
  readonly #ends: CoalescedCall<ReadonlyMap<number, LogOffset>>;
  readonly #forgetRing: () => void;

  constructor(private readonly options: KafkaLogOptions) {
    this.identity = options.identity;
    this.#leaderEnds = new LeaderEnds(options.kafka, options.topic);
    this.#ends = new CoalescedCall(() => this.#leaderEnds.ask());
    this.#authenticator = new LogAuthenticator(options.ring, options.topic);
    this.#clocks = new PartitionClocks(options.clock, options.time);
    this.#sender = new BatchingSender(options.kafka, options.topic);
    this.#forgetRing = options.ring.onChange(() => this.#assertNothingMissed());
  }

  get shards(): number {
    return this.options.shards;
  }

  async append(shard: number, record: LogRecord): Promise<LogOffset> {
    const sentAt = this.options.clock.monotonic();
    const value = this.#authenticator.sign(shard, encodeLogRecord(record), this.#clocks.now(shard));
    const { offset, timestamp } = await this.#sender.send(shard, { value });
    if (timestamp !== undefined) this.#clocks.appended(shard, timestamp, sentAt);
    return offset;
  }

  async tail(shards: readonly number[], listener: LogListener): Promise<LogTail> {
    const { kafka, topic } = this.options;
    const admin = kafka.admin();
    await admin.connect();
    try {
      const ends = await onceLed(admin, () => admin.fetchTopicOffsets(topic));
      const starts = await replayStarts(admin, topic, ends, this.options);
      const tail: Tail = new Tail(this.options, this.#authenticator, this.#clocks, this.#ends, listener, () =>
        this.#tails.delete(tail),
      );
      for (const shard of shards) {
        const end = BigInt(ends.find(({ partition }) => partition === shard)?.high ?? 0);
        tail.follow(shard, starts.get(shard) ?? end, end);
      }
      await tail.start(admin);
      this.#tails.add(tail);
      return tail;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async reachEnd(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from(this.#tails, (tail) => tail.reachEnd(signal)));
  }

  horizon(): number {
    return Math.floor(this.options.clock.wall() - this.options.windowMs);
  }

  async close(): Promise<void> {
    this.#forgetRing();
    await Promise.all([this.#sender.close(), this.#leaderEnds.close()]);
  }

  /**
   * What was signed with a key before the ring had it was passed over: with the key, this process would say that it has read
   * records which it has not. Called before anything is sent that says which keys it has.
   */
  #assertNothingMissed(): void {
    const { ring, onFatal } = this.options;
    const late = [...this.#authenticator.unknownKeys].find((id) => ring.ids.includes(id));
    if (late === undefined) return;
    const missed = `records of the coherence log were signed with the encryption key '${late}' before this process had it; this process starts again`;
    onFatal(new CofferError('internal', `${missed}. Add a key to every process before it is made active`));
  }
}

interface Position {
  next: LogOffset;
  /** Where the shard ended when the tail began. */
  readonly end: LogOffset;
  caughtUp: boolean;
}

const CHECK_INTERVAL_MS = 5_000;
/** Within a batch it is looked so often whether a heartbeat is due; the client looks after each batch. */
const HEARTBEAT_RECORDS = 64n;
/**
 * One process's reader of every shard that concerns it. The client knows no reader without a group, so each tail is the
 * only member of a group of its own, keeps its own offsets, and goes back to them whenever the group is joined again.
 */
class Tail implements LogTail {
  readonly #positions = new Map<number, Position>();
  readonly #consumer: ReconnectingConsumer;
  #check: NodeJS.Timeout | undefined;
  #admin: Admin | undefined;
  readonly #waiters = new OffsetWaiter();
  /** Kafka's time of the newest record read. */
  #newest = -1;
  readonly #identity: TopicIdentity;
  #closed = false;

  constructor(
    private readonly options: KafkaLogOptions,
    private readonly authenticator: LogAuthenticator,
    private readonly clocks: PartitionClocks,
    private readonly ends: CoalescedCall<ReadonlyMap<number, LogOffset>>,
    private readonly listener: LogListener,
    private readonly closed: () => void,
  ) {
    this.#identity = new TopicIdentity(options.topic);
    this.#consumer = new ReconnectingConsumer(options.patient, {
      ...TAIL_TIMES,
      groupId: `coffer-tail-${randomUUID()}`,
    });
  }

  follow(shard: number, next: LogOffset, end: LogOffset): void {
    this.#positions.set(shard, { next, end, caughtUp: false });
  }

  async start(admin: Admin): Promise<void> {
    this.#admin = admin;
    const { topic } = this.options;
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, () => this.#seek());
    await this.#consumer.run(topic, true, {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#positions.size,
      eachBatch: (payload) => this.#read(payload),
    });
    for (const [shard, position] of this.#positions) this.#reached(shard, position);
    this.#check = setInterval(() => void this.#verify(), this.options.checkIntervalMs ?? CHECK_INTERVAL_MS);
  }

  /**
   * Brokers that do not answer are given up with the signal, and asked once however many callers wait. One that was cut off
   * from the others does not count (`LeaderEnds`): else a list without a lease would lack writes that were acknowledged, and a
   * coordinator would be taken for silent by one that hears nothing.
   */
  async reachEnd(signal: AbortSignal): Promise<void> {
    let ends: ReadonlyMap<number, LogOffset> | undefined;
    const reached = (): boolean =>
      ends !== undefined &&
      Array.from(this.#positions).every(([shard, { next }]) => {
        const end = ends?.get(shard);
        return end !== undefined && next >= end;
      });
    this.ends.ask().then(
      (found) => {
        ends = found;
        this.#waiters.step();
      },
      () => undefined,
    );
    await this.#waiters.wait(reached, signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.closed();
    clearInterval(this.#check);
    await this.#consumer.close();
    await this.#admin?.disconnect();
  }

  /** The group gives this process all shards; what it does not follow would be fetched over and over. */
  #seek(): void {
    const { topic, shards } = this.options;
    const others = Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !this.#positions.has(shard));
    if (others.length > 0) this.#consumer.client.pause([{ topic, partitions: others }]);
    for (const [partition, { next }] of this.#positions) {
      this.#consumer.client.seek({ topic, partition, offset: next.toString() });
    }
  }

  async #read({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const shard = batch.partition;
    const position = this.#positions.get(shard);
    if (position === undefined || isStale()) return;
    // The client goes on where the log now begins when its place is gone. Control records count here.
    if (BigInt(batch.firstOffset() ?? 0) > position.next) {
      const deleted = 'records of the coherence log were deleted before they were read; this process starts again';
      return this.#fail(new CofferError('internal', deleted));
    }
    for (const { offset: text, value, timestamp } of batch.messages) {
      if (!isRunning() || isStale() || this.#closed) return;
      const offset = BigInt(text);
      if (offset < position.next) continue;
      this.#newest = Math.max(this.#newest, Number(timestamp));
      try {
        const record = this.#open(shard, position, { offset, value, timestamp: Number(timestamp) });
        if (typeof record === 'string') this.options.onRefused?.(record, { shard, offset });
        else await this.listener.read({ shard, offset, timestamp: Number(timestamp), record });
      } catch (error) {
        this.#fail(
          CofferError.is(error)
            ? error
            : new CofferError('internal', 'a record of the coherence log could not be taken in'),
        );
        return;
      }
      position.next = offset + 1n;
      this.#reached(shard, position);
      if (position.next % HEARTBEAT_RECORDS === 0n) await heartbeat();
    }
    // Once for all records: what is read again is passed over. Control records and gaps carry no message, but they count.
    resolveOffset(batch.messages.at(-1)?.offset ?? batch.lastOffset());
    const last = BigInt(batch.lastOffset()) + 1n;
    if (last > position.next) position.next = last;
    this.#reached(shard, position);
  }

  /** Why the record counts for nothing, or what it says. */
  #open(
    shard: number,
    { end }: Position,
    {
      offset,
      value,
      timestamp,
    }: { readonly offset: LogOffset; readonly value: Buffer | null; readonly timestamp: number },
  ): LogRecord | LogRefusal {
    // Whoever appended it: the broker says when.
    if (offset >= end) this.clocks.seen(shard, timestamp);
    const authenticated = this.authenticator.verify(shard, value);
    if (typeof authenticated === 'string') return authenticated;
    if (isStale(timestamp, authenticated.sentAt)) return 'stale';
    return decodeLogRecord(authenticated.record) ?? 'unreadable';
  }

  #reached(shard: number, position: Position): void {
    this.#waiters.step();
    if (position.caughtUp || position.next < position.end) return;
    position.caughtUp = true;
    this.listener.caughtUp?.(shard);
  }

  /** Offsets of another log mean nothing here: this process must start again before it takes them for its own. */
  async #verify(): Promise<void> {
    const admin = this.#admin;
    const next = new Map(Array.from(this.#positions, ([shard, position]) => [shard, position.next]));
    try {
      if (admin === undefined || !(await this.#identity.isAnother(admin, { next, newest: this.#newest }))) return;
      this.#fail(new CofferError('internal', 'the coherence log was made anew; this process starts again'));
    } catch {
      // The broker is away; the reader itself waits for it.
    }
  }

  #fail(error: CofferError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#check);
    this.options.onFatal(error);
  }
}
