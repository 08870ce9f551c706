import type { ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs';
import { FinishedOffsets } from '../contract/finished-offsets.js';
import { MAX_AHEAD_MS, MAX_DELAY_MS, type LogTime } from '../contract/log-clock.js';
import type { MemoryUse } from '../contract/messaging.js';
import { bytesOfMutation, type MutationConsumer, type MutationHandler } from '../contract/mutation-queue.js';
import { commitFinished } from './commit-finished.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';
import { decodeMutation } from './mutation-codec.js';
import { RoomWaiter } from './room-waiter.js';
import { SEAL_WINDOW_MAX_BYTES, SealWindow } from './seal-window.js';

export interface KafkaConsumerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  /** Kafka's clock. */
  readonly time: LogTime;
  /** The replay window: for so long every worker remembers how operations ended. */
  readonly windowMs: number;
  /** The first offset of a partition whose record was appended at that time or later. */
  readonly offsetAt: (partition: number, timestamp: number) => Promise<bigint>;
}

const EMPTY = Buffer.alloc(0);

/** How often finished offsets are committed. What is lost with a crash is delivered again. */
const COMMIT_INTERVAL_MS = 100;
/** More deliveries of a partition than this are not begun before others finish. */
const MAX_IN_FLIGHT = 1_000;

/** Bytes of deliveries in hand, of all partitions together, from which on none is begun before others finish. */
export const MAX_IN_FLIGHT_BYTES = 64 * 1024 * 1024;

/** The longest time between a mutation and a copy of it that is not stale. */
const COPY_SPAN_MS = MAX_DELAY_MS + MAX_AHEAD_MS;
/** What is read so much later than it was appended may come when its original's end is forgotten. Milliseconds of grace. */
const GRACE_MS = 10_000;

/** One member's time as the owner of a partition, from one joining of the group to the next. */
interface PartitionAssignment {
  offsets: FinishedOffsets | undefined;
  inFlight: number;
  committed: bigint | undefined;
  readonly ready: Promise<void>;
  /** What has been delivered, and what was before; from the first delivery on. */
  seals: SealWindow | undefined;
  /** Where deliveries begin. */
  first: bigint | undefined;
  /** What lies before it is looked through for what may be copied behind it; deliveries go on at `resume`. */
  recall: { readonly resume: bigint } | 'done' | undefined;
}

/**
 * A member of the group of workers. After every joining of the group the client reads on from the committed offsets, so
 * every joining begins a new assignment of each partition, also of those that stay.
 */
export class KafkaConsumer implements MutationConsumer {
  readonly #consumer: ReconnectingConsumer;
  readonly #assignments = new Map<number, PartitionAssignment>();
  readonly #room = new RoomWaiter();
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  /** Evictions of assignments that are over. */
  #forgotten = 0;
  #closed = false;

  constructor(private readonly options: KafkaConsumerOptions) {
    this.#consumer = new ReconnectingConsumer(options.kafka, { groupId: options.group });
  }

  async start(handler: MutationHandler): Promise<void> {
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, ({ payload }) => this.#joined(payload, handler));
    client.on(client.events.REBALANCING, () => this.#revokeAll(handler));
    await this.#consumer.run(this.options.topic, true, {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: (payload) => this.#deliver(payload, handler),
    });
    this.#timer = setInterval(() => void this.#commit(), COMMIT_INTERVAL_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#room.wake();
    await this.#consumer.close(() => this.#commit());
    this.#assignments.clear();
  }

  #joined({ memberAssignment }: ConsumerGroupJoinEvent['payload'], handler: MutationHandler): void {
    this.#revokeAll(handler);
    for (const partition of memberAssignment[this.options.topic] ?? []) {
      const ready = handler.assigned(partition);
      this.#assignments.set(partition, {
        offsets: undefined,
        inFlight: 0,
        committed: undefined,
        ready,
        seals: undefined,
        first: undefined,
        recall: undefined,
      });
    }
  }

  #revokeAll(handler: MutationHandler): void {
    const revoked = [...this.#assignments];
    this.#assignments.clear();
    this.#room.wake();
    for (const [partition, { seals }] of revoked) {
      this.#forgotten += seals?.evictions ?? 0;
      handler.revoked(partition);
    }
  }

  async #deliver({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload, handler: MutationHandler) {
    const { partition } = batch;
    const assignment = this.#assignments.get(partition);
    if (assignment === undefined) return;
    await assignment.ready;
    const isOver = (): boolean =>
      !isRunning() || isStale() || this.#closed || this.#assignments.get(partition) !== assignment;
    for (const message of batch.messages) {
      await this.#room.wait(() => !isOver() && this.#isFull(assignment), heartbeat);
      if (isOver()) return;
      const offset = BigInt(message.offset);
      const body = message.value ?? EMPTY;
      const timestamp = Number(message.timestamp);
      assignment.first ??= offset;
      const seals = (assignment.seals ??= new SealWindow(COPY_SPAN_MS, timestamp));
      if (offset < assignment.first) {
        seals.recall(body);
        resolveOffset(message.offset);
        continue;
      }
      if (this.#resumesLater(partition, assignment, offset)) return;
      if (await this.#goesBack(partition, assignment, { offset, timestamp })) return;
      const repeats = seals.take(body, timestamp);
      assignment.offsets ??= new FinishedOffsets(offset);
      assignment.offsets.begin(offset);
      assignment.inFlight += 1;
      const mutation = decodeMutation(message, `${this.options.topic}-${partition}-${message.offset}`);
      const bytes = bytesOfMutation(mutation);
      this.#bytes += bytes;
      handler.deliver({ partition, offset, timestamp, mutation, ...(repeats ? { repeats } : {}) }).then(
        () => {
          assignment.offsets?.finish(offset);
          this.#left(assignment, bytes);
        },
        () => this.#left(assignment, bytes),
      );
      resolveOffset(message.offset);
    }
    await heartbeat();
  }

  /** All that was to be recalled has been: whether deliveries go on further up. */
  #resumesLater(partition: number, assignment: PartitionAssignment, offset: bigint): boolean {
    if (typeof assignment.recall !== 'object') return false;
    const { resume } = assignment.recall;
    assignment.recall = 'done';
    assignment.seals?.recalled();
    if (offset >= resume) return false;
    this.#seek(partition, resume);
    return true;
  }

  /**
   * Nobody may know any more how that ended which the message is a copy of, and it was delivered before this assignment. So
   * what lies before the first delivery is read once more, as far back as copies reach. At most once in one assignment, and
   * only where the workers have been away or are behind.
   */
  async #goesBack(
    partition: number,
    assignment: PartitionAssignment,
    { offset, timestamp }: { readonly offset: bigint; readonly timestamp: number },
  ): Promise<boolean> {
    const { seals, first = offset } = assignment;
    const { time, windowMs, offsetAt } = this.options;
    if (seals === undefined || assignment.recall !== undefined || seals.covers(timestamp)) return false;
    if (time.now(partition) - timestamp < windowMs - COPY_SPAN_MS - GRACE_MS) return false;
    const from = await offsetAt(partition, seals.start - COPY_SPAN_MS);
    if (from < first) {
      assignment.recall = { resume: offset };
      this.#seek(partition, from);
      return true;
    }
    assignment.recall = 'done';
    seals.recalled();
    return false;
  }

  #seek(partition: number, offset: bigint): void {
    this.#consumer.client.seek({ topic: this.options.topic, partition, offset: offset.toString() });
  }

  #left(assignment: PartitionAssignment, bytes: number): void {
    assignment.inFlight -= 1;
    this.#bytes -= bytes;
    this.#room.wake();
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: MAX_IN_FLIGHT_BYTES };
  }

  /** Memory of the seals by which copies are recognised, in all partitions of this member. */
  get sealMemory(): MemoryUse {
    const windows = Array.from(this.#assignments.values(), ({ seals }) => seals);
    return {
      bytes: windows.reduce((sum, seals) => sum + (seals?.bytes ?? 0), 0),
      limitBytes: windows.length * SEAL_WINDOW_MAX_BYTES,
      evictions: this.#forgotten + windows.reduce((sum, seals) => sum + (seals?.evictions ?? 0), 0),
    };
  }

  #isFull({ inFlight }: PartitionAssignment): boolean {
    // A partition with nothing in hand goes on, so that one whose mutations wait for long holds up no other.
    return inFlight >= MAX_IN_FLIGHT || (inFlight > 0 && this.#bytes >= MAX_IN_FLIGHT_BYTES);
  }

  #commit(): Promise<void> {
    return commitFinished(this.#consumer.client, this.options.topic, this.#assignments);
  }
}
