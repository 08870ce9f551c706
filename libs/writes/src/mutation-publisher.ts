import { CofferError, type SecretPath } from '@coffer/secrets';
import { isStale, partitionOf, type MessageSealer, type Messaging, type MutationPayload } from '@coffer/messaging';
import type { OperationIdentity } from './operation-id.js';
import type { Operations } from './operations.js';

/** What is to be queued. */
export interface UnsealedMutation extends OperationIdentity {
  readonly path: SecretPath;
  readonly payload: MutationPayload;
  readonly traceparent?: string;
}

export interface MutationPublisherOptions {
  readonly messaging: Pick<Messaging, 'producer' | 'time'>;
  readonly operations: Operations;
  readonly sealer: MessageSealer;
}

/** Kafka's clock is known for certain once it has taken one record. */
const ATTEMPTS = 2;

/** Seals mutations for their place and time, and queues them. */
export class MutationPublisher {
  constructor(private readonly options: MutationPublisherOptions) {}

  /**
   * Resolves once the queue has the mutation, which is awaited under its operation from then on. One that is stale at
   * once, because nothing told this process yet that its own clock is wrong, will be passed over, and is queued again by
   * Kafka's clock. Throws `unavailable` when the queue does not take it; it may be there all the same.
   */
  async publish({ path, payload, operation, fingerprint, traceparent }: UnsealedMutation): Promise<void> {
    const { messaging, operations, sealer } = this.options;
    const { producer, time } = messaging;
    const pathText = path.toString();
    const partition = partitionOf(pathText, producer.partitions);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const sentAt = time.now(partition);
      const place = await producer.publish({
        ...{ schema: 1, operation, kind: payload.kind, path: pathText, fingerprint, sentAt },
        ...(traceparent === undefined ? {} : { traceparent }),
        body: sealer.sealMutation({ path, operation, partition, sentAt }, payload),
      });
      if (isStale(place.timestamp, sentAt)) continue;
      return operations.placed(operation, place);
    }
    throw new CofferError('unavailable', 'Kafka took minutes for the write, or its clock jumps; nothing was written');
  }
}
