import type { Kafka, Message, RecordMetadata } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import { LeaderProducer, type Leaders } from './leader-producer.js';
import { isDoubtful, isTooLarge, isWithdrawn, withdraw } from './produce-attempts.js';

/** Below the broker's limit for one batch of a partition, headers included. */
const MAX_BATCH_BYTES = 700_000;

/**
 * After a batch of several records the next one waits for more for as long as the latest request took, within these
 * milliseconds. A record that comes alone waits for nothing; where many come, each request saved here saves every reader
 * of the topic one as well, the more so where broker and readers are short of processor time and answer late.
 */
const MIN_LINGER_MS = 3;
const MAX_LINGER_MS = 10;

/** Where a record was put. */
export interface Sent {
  readonly offset: bigint;
  /** When the broker took it, in milliseconds since the Unix epoch; absent where the topic has the sender's own time. */
  readonly timestamp?: number;
}

interface Pending {
  readonly message: Message & { readonly partition: number };
  readonly bytes: number;
  /** Whether it was refused beside others of its partition that made too large a batch with it. */
  alone?: boolean;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: CofferError) => void;
}

const placeOf = ({ baseOffset, logAppendTime }: RecordMetadata): Sent => {
  const timestamp = Number(logAppendTime ?? -1);
  return { offset: BigInt(baseOffset ?? -1), ...(timestamp < 0 ? {} : { timestamp }) };
};

const notTaken = (): CofferError =>
  new CofferError('unavailable', 'Kafka did not take the record in time; it is not there, and will not be');
const tooLarge = (): CofferError =>
  new CofferError('too-large', 'the record is larger than its topic takes (max.message.bytes)');
const inDoubt = (): CofferError =>
  new CofferError('timeout', 'Kafka did not say in time whether it took the record; it may be there all the same');

/** Whether a record was the only one of its partition in a batch. */
const isLone = ({ message: { partition } }: Pending, batch: readonly Pending[]): boolean =>
  batch.filter(({ message }) => message.partition === partition).length === 1;

/** The partitions of one leader, which has one request under way at a time. */
interface Lane {
  readonly producer: LeaderProducer;
  running: Promise<void> | undefined;
  /** How long the next batch waits for more, in milliseconds; 0 where the latest one had a single record. */
  lingerMs: number;
}

/** `tookMs`: how long the latest request took, of so many records. */
export const lingerAfter = (records: number, tookMs: number): number =>
  records > 1 ? Math.min(MAX_LINGER_MS, Math.max(MIN_LINGER_MS, tookMs)) : 0;

const gathering = (lingerMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, lingerMs));

/**
 * An idempotent producer of one topic. Each leader of partitions has one request under way at a time, with whatever gathered
 * meanwhile, so that records of a partition keep the order of their `send` calls, and a leader that does not answer holds up
 * no other. After a failure its producer is replaced: its sequence numbers may not be the broker's any more.
 */
export class BatchingSender {
  /** In the order of their `send` calls. */
  #pending = new Set<Pending>();
  /** The leader of each partition, as the client knew it when it last sent something. */
  readonly #leaders: Leaders = new Map();
  /** Lanes by leader; `undefined` stands for the leader of partitions that nothing was sent to yet. */
  readonly #lanes = new Map<number | undefined, Lane>();
  /** Partitions with records under way. */
  readonly #busy = new Set<number>();
  #closed = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  /**
   * The record's place once all in-sync replicas have it. Rejects with `unavailable` when it certainly is not there, with
   * `too-large` when it never will be, and with `timeout` when it may be. Once `signal` is aborted, a record that certainly is not there is given up at once, and
   * one that may be is sent no further than it takes to know.
   */
  send(partition: number, content: Message, signal?: AbortSignal): Promise<Sent> {
    if (this.#closed) return Promise.reject(new CofferError('unavailable', 'messaging is closed'));
    const { promise, resolve, reject } = Promise.withResolvers<Sent>();
    const bytes = (content.value?.length ?? 0) + 1_000;
    const message = { ...content, partition };
    const pending: Pending = { message, bytes, resolve, reject };
    this.#pending.add(pending);
    const giveUp = (): void => {
      withdraw(message);
      if (!isWithdrawn(message)) return;
      this.#pending.delete(pending);
      reject(notTaken());
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    if (!this.#busy.has(partition)) this.#begin(this.#leaders.get(partition));
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    while ([...this.#lanes.values()].some(({ running }) => running !== undefined)) {
      for (const { running } of this.#lanes.values()) await running;
    }
    await Promise.all(Array.from(this.#lanes.values(), ({ producer }) => producer.discard()));
  }

  /** Every leader that has nothing under way takes what waits for it. */
  #beginAll(): void {
    const waiting = Array.from(this.#pending, ({ message }) => message.partition).filter(
      (partition) => !this.#busy.has(partition),
    );
    new Set(waiting.map((partition) => this.#leaders.get(partition))).forEach((leader) => this.#begin(leader));
  }

  #begin(leader: number | undefined): void {
    const lane = this.#lanes.get(leader) ?? this.#unused();
    this.#lanes.set(leader, lane);
    lane.running ??= this.#run(leader, lane);
  }

  /** The first request tells who leads: its connections go on to serve the first leader. */
  #unused(): Lane {
    const first = this.#lanes.get(undefined);
    if (first !== undefined && first.running === undefined) {
      this.#lanes.delete(undefined);
      return first;
    }
    return { producer: new LeaderProducer(this.kafka, this.topic, this.#leaders), running: undefined, lingerMs: 0 };
  }

  async #run(leader: number | undefined, lane: Lane): Promise<void> {
    await (lane.lingerMs > 0 ? gathering(lane.lingerMs) : Promise.resolve());
    for (let batch = this.#take(leader); batch.length > 0; batch = this.#take(leader)) {
      const partitions = new Set(batch.map(({ message }) => message.partition));
      partitions.forEach((partition) => this.#busy.add(partition));
      const sentAt = performance.now();
      await this.#flush(lane, batch);
      lane.lingerMs = lingerAfter(batch.length, performance.now() - sentAt);
      partitions.forEach((partition) => this.#busy.delete(partition));
      if (leader === undefined) break;
      this.#beginAll();
      if (lane.lingerMs > 0 && this.#pending.size > 0) await gathering(lane.lingerMs);
    }
    lane.running = undefined;
    this.#beginAll();
  }

  #take(leader: number | undefined): Pending[] {
    let bytes = 0;
    const taken: Pending[] = [];
    for (const next of this.#pending) {
      const { partition } = next.message;
      if (this.#busy.has(partition) || this.#leaders.get(partition) !== leader) continue;
      if (taken.length > 0 && (next.alone === true || bytes + next.bytes > MAX_BATCH_BYTES)) break;
      bytes += next.bytes;
      taken.push(next);
      if (next.alone === true) break;
    }
    taken.forEach((pending) => this.#pending.delete(pending));
    return taken;
  }

  /** Where a batch was given up because some of its records were withdrawn, the others are sent again. */
  async #flush({ producer }: Lane, batch: readonly Pending[]): Promise<void> {
    let unsent = batch;
    try {
      while (unsent.length > 0) {
        const passedOver = await this.#send(producer, unsent);
        if (passedOver.length === unsent.length) throw new Error('no partition was answered for');
        unsent = passedOver;
      }
    } catch {
      await this.#failed(producer, unsent);
    }
  }

  async #failed(producer: LeaderProducer, unsent: readonly Pending[]): Promise<void> {
    const doubtful = unsent.filter(({ message }) => isDoubtful(message));
    const isIncomplete = unsent.some(({ message }) => isWithdrawn(message));
    const certain = unsent.filter(({ message }) => !isDoubtful(message));
    const crowded = new Set(certain.filter((pending) => isTooLarge(pending.message) && !isLone(pending, unsent)));
    crowded.forEach((pending) => (pending.alone = true));
    if (!isIncomplete) {
      certain.filter((pending) => !crowded.has(pending)).forEach(({ message }) => withdraw(message));
    }
    const kept = certain.filter(({ message }) => !isWithdrawn(message));
    this.#pending = new Set([...kept, ...this.#pending]);
    doubtful.forEach(({ reject }) => reject(inDoubt()));
    certain
      .filter(({ message }) => isWithdrawn(message))
      .forEach(({ message, reject }) => {
        reject(isTooLarge(message) ? tooLarge() : notTaken());
      });
    if (doubtful.length > 0) await producer.discard();
  }

  /**
   * Resolves with the records that were not sent: in kafkajs 2.2.4 a broker that has answered for its part of a batch gets
   * nothing more of it, also where it has become the leader of another part meanwhile. What has another leader by then is
   * sent to that one a second time; the place of the first counts.
   */
  async #send(producer: LeaderProducer, batch: readonly Pending[]): Promise<Pending[]> {
    const results = await producer.send(batch.map(({ message }) => message));
    const next = new Map(results.toReversed().map((result) => [result.partition, placeOf(result)]));
    return batch.filter(({ message: { partition }, resolve }) => {
      const sent = next.get(partition);
      if (sent === undefined) return true;
      next.set(partition, { ...sent, offset: sent.offset + 1n });
      resolve(sent);
      return false;
    });
  }
}
