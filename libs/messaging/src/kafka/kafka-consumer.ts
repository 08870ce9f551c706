import type { ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs';
import { FinishedOffsets } from '../contract/finished-offsets.js';
import type { MutationConsumer, MutationHandler } from '../contract/mutation-queue.js';
import { GROUP_TIMES } from './connection.js';
import { LastingConsumer } from './lasting-consumer.js';
import { decodeMutation } from './mutation-codec.js';

export interface KafkaConsumerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
}

/** How often finished offsets are committed, in milliseconds. What is lost with a crash is delivered again. */
const COMMIT = 100;
/** More deliveries of a partition than this are not begun before others finish. */
const MAX_IN_HAND = 1_000;

/** One member's time as the owner of a partition, from one joining of the group to the next. */
interface Tenure {
  offsets: FinishedOffsets | undefined;
  inHand: number;
  committed: bigint | undefined;
  readonly ready: Promise<void>;
  /** Set while a batch waits for room. */
  roomWanted: (() => void) | undefined;
}

/**
 * A member of the group of workers. After every joining of the group the client reads on from the committed offsets, so
 * every joining begins a new tenure of each partition, also of those that stay.
 */
export class KafkaConsumer implements MutationConsumer {
  readonly #consumer: LastingConsumer;
  readonly #tenures = new Map<number, Tenure>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: KafkaConsumerOptions) {
    this.#consumer = new LastingConsumer(options.kafka, { groupId: options.group });
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
    this.#timer = setInterval(() => void this.#commit(), COMMIT);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const { roomWanted } of this.#tenures.values()) roomWanted?.();
    await this.#consumer.close(() => this.#commit());
    this.#tenures.clear();
  }

  #joined({ memberAssignment }: ConsumerGroupJoinEvent['payload'], handler: MutationHandler): void {
    this.#revokeAll(handler);
    for (const partition of memberAssignment[this.options.topic] ?? []) {
      const ready = handler.assigned(partition);
      this.#tenures.set(partition, {
        offsets: undefined,
        inHand: 0,
        committed: undefined,
        ready,
        roomWanted: undefined,
      });
    }
  }

  #revokeAll(handler: MutationHandler): void {
    const revoked = [...this.#tenures];
    this.#tenures.clear();
    for (const [partition, { roomWanted }] of revoked) {
      roomWanted?.();
      handler.revoked(partition);
    }
  }

  async #deliver({ batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload, handler: MutationHandler) {
    const { partition } = batch;
    const tenure = this.#tenures.get(partition);
    if (tenure === undefined) return;
    await tenure.ready;
    for (const message of batch.messages) {
      await this.#room(tenure, heartbeat);
      if (!isRunning() || isStale() || this.#closed || this.#tenures.get(partition) !== tenure) return;
      const offset = BigInt(message.offset);
      tenure.offsets ??= new FinishedOffsets(offset);
      tenure.offsets.begin(offset);
      tenure.inHand += 1;
      const record = decodeMutation(message, `${this.options.topic}-${partition}-${message.offset}`);
      handler.deliver({ partition, offset, timestamp: Number(message.timestamp), record }).then(
        () => {
          tenure.offsets?.finish(offset);
          this.#left(tenure);
        },
        () => this.#left(tenure),
      );
      resolveOffset(message.offset);
    }
    await heartbeat();
  }

  #left(tenure: Tenure): void {
    tenure.inHand -= 1;
    tenure.roomWanted?.();
  }

  /** Waits while too much is in hand, and stays a member meanwhile. */
  async #room(tenure: Tenure, heartbeat: () => Promise<void>): Promise<void> {
    while (tenure.inHand >= MAX_IN_HAND && !this.#closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GROUP_TIMES.heartbeatInterval);
        tenure.roomWanted = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      tenure.roomWanted = undefined;
      await heartbeat();
    }
  }

  async #commit(): Promise<void> {
    const { topic } = this.options;
    const due = [...this.#tenures].flatMap(([partition, tenure]) => {
      const committable = tenure.offsets?.committable;
      if (committable === undefined || committable === tenure.committed) return [];
      tenure.committed = committable;
      return [{ topic, partition, offset: committable.toString(), tenure }];
    });
    if (due.length === 0) return;
    try {
      await this.#consumer.client.commitOffsets(due.map(({ tenure: _, ...offset }) => offset));
    } catch {
      // Rebalancing, or no broker: what was not committed is committed again, by this tenure or delivered to the next.
      for (const { tenure } of due) tenure.committed = undefined;
    }
  }
}
