import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { LogEntry } from '@coffer/coherence';
import type { LogTail } from '../contract/coherence-log.js';
import type { Messaging } from '../contract/messaging.js';
import type { MutationConsumer, Delivery } from '../contract/mutation-queue.js';
import type { ShardGroup } from '../contract/shard-group.js';
import { PATTERNS, type Pattern } from './patterns.js';

export interface StrategyOptions {
  readonly messaging: Messaging;
  /** Whether this process is a member of the group of workers. */
  readonly consume: boolean;
  /** Whether this process is a member of the group of coordinators. */
  readonly coordinate: boolean;
}

type Payload = LogEntry | Delivery | ReadonlySet<number> | number;

/** How long a leaving process finishes its in-flight deliveries. */
const DRAIN_TIMEOUT_MS = 5_000;

/**
 * Brings the queue and the log to Nest's message handlers, the same ones whatever carries the messages. The log is
 * followed first, so that a worker knows what has ended before its first mutation arrives. A handler of a log record
 * that throws ends the process: a reader that skipped a record could serve what is not true any more.
 */
export class MessagingStrategy extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  readonly #inFlight = new Set<Promise<void>>();
  #closing = false;
  #tail: LogTail | undefined;
  #consumer: MutationConsumer | undefined;
  #coordinator: ShardGroup | undefined;

  constructor(private readonly options: StrategyOptions) {
    super();
  }

  listen(callback: (error?: Error) => void): void {
    this.#start().then(
      () => callback(),
      (error: unknown) => callback(error instanceof Error ? error : new Error('messaging could not start')),
    );
  }

  /**
   * Takes nothing new, finishes what is in flight for as long as is reasonable, and leaves the group, all while it still
   * reads the log: without it nothing could finish.
   */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#drained();
    await this.#consumer?.close();
    await this.#coordinator?.close();
    await this.#tail?.close();
  }

  override on(): never {
    throw new Error('the messaging strategy has no events');
  }

  override unwrap<T>(): T {
    return this.options.messaging as T;
  }

  async #start(): Promise<void> {
    const { messaging, consume, coordinate } = this.options;
    const shards = Array.from({ length: messaging.topology.shards }, (_, shard) => shard);
    await this.#follow(shards);
    if (coordinate) {
      this.#coordinator = messaging.coordinators();
      await this.#coordinator.start({
        assigned: (shards) => void this.#dispatch(PATTERNS.shardsAssigned, shards),
      });
    }
    if (!consume) return;
    this.#consumer = messaging.consumer();
    await this.#consumer.start({
      assigned: (partition) => this.#dispatch(PATTERNS.partitionAssigned, partition),
      revoked: (partition) => void this.#dispatch(PATTERNS.partitionRevoked, partition),
      deliver: (delivery) => this.#deliver(delivery),
    });
  }

  /** Resolves when every shard has been read to the end that it had when the tail began. */
  async #follow(shards: readonly number[]): Promise<void> {
    const behind = new Set(shards);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tail = await this.options.messaging.log.tail(shards, {
      read: (entry) => this.#dispatch(PATTERNS.coherence, entry),
      caughtUp: (shard) => {
        behind.delete(shard);
        if (behind.size === 0) resolve();
      },
    });
    await promise;
  }

  /** What this process does not finish is delivered to the partition's next owner. */
  #deliver(delivery: Delivery): Promise<void> {
    if (this.#closing) return Promise.reject(new Error('this process is leaving the group'));
    const finished = this.#dispatch(PATTERNS.mutation, delivery);
    const settled = (): void => void this.#inFlight.delete(finished);
    this.#inFlight.add(finished);
    finished.then(settled, settled);
    return finished;
  }

  async #drained(): Promise<void> {
    const limit = new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS).unref());
    await Promise.race([Promise.allSettled(this.#inFlight), limit]);
  }

  /** Nest joins the handlers of several modules behind the first one. */
  async #dispatch(pattern: Pattern, payload: Payload): Promise<void> {
    const result: unknown = await this.messageHandlers.get(pattern)?.(payload, { pattern });
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}
