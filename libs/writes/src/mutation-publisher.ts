import { CofferError, type Mutation } from '@coffer/secrets';
import { isStale, partitionOf, type MessageSealer, type Messaging, type SealOptions } from '@coffer/messaging';
import type { Operations } from './operations.js';

export interface MutationPublisherOptions {
  readonly messaging: Pick<Messaging, 'producer' | 'time'>;
  readonly operations: Operations;
  readonly sealer: MessageSealer;
  /** Default `PUBLISH_TIMEOUT_MS`. */
  readonly publishTimeoutMs?: number;
}

/**
 * What Kafka certainly has not taken after this time, in milliseconds, is given up: its caller is told so before an answer
 * is due, and nothing is written after that.
 */
export const PUBLISH_TIMEOUT_MS = 6_000;

/** Kafka's clock is known for certain once it has taken one record. */
const MAX_TRIES = 2;

/** The operation under which a mutation is queued. */
type PublishOptions = Omit<SealOptions, 'partition' | 'sentAt'>;

/** Seals mutations for their place and time, and queues them. */
export class MutationPublisher {
  constructor(private readonly options: MutationPublisherOptions) {}

  /**
   * Resolves once the queue has the mutation, which is awaited under its operation from then on. Throws `unavailable` when
   * the queue certainly has not taken it and never will, and `timeout` when it may have.
   */
  async publish(mutation: Mutation, options: PublishOptions): Promise<void> {
    const { publishTimeoutMs = PUBLISH_TIMEOUT_MS } = this.options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), publishTimeoutMs);
    try {
      await this.#publish(mutation, options, abort.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * One that is stale at once, because nothing told this process yet that its own clock is wrong, will be passed over, and
   * is queued again by Kafka's clock.
   */
  async #publish(mutation: Mutation, options: PublishOptions, signal: AbortSignal): Promise<void> {
    const { messaging, operations, sealer } = this.options;
    const { producer, time } = messaging;
    const partition = partitionOf(mutation.path.toString(), producer.partitions);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const sentAt = time.now(partition);
      const sealed = sealer.sealMutation(mutation, { ...options, partition, sentAt });
      const place = await producer.publish(sealed, signal);
      if (isStale(place.timestamp, sentAt)) continue;
      return operations.placed(options.operation, place);
    }
    throw new CofferError('unavailable', 'Kafka took minutes for the write, or its clock jumps; nothing was written');
  }
}
