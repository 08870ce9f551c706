import type { Fence } from '@coffer/secrets';
import type { MutationDelivery } from '@coffer/messaging';
import type { OpenedMutation } from './opened-mutation.js';

/** Rejects the delivery of a mutation that another worker will finish. */
export class PartitionRevokedError extends Error {
  constructor() {
    super('the partition belongs to another worker now');
  }
}

export interface InFlightDelivery {
  readonly delivery: MutationDelivery;
  readonly opened: OpenedMutation;
  /** The delivery is finished, as far as this worker goes. */
  readonly finished: () => void;
  readonly revoke: () => void;
}

/** The deliveries of one partition that this worker has begun and not finished, by fence. */
export class InFlightDeliveries {
  readonly #byFence = new Map<Fence, InFlightDelivery>();

  /** Resolves when the mutation is finished; rejects with `PartitionRevokedError`. */
  begin(fence: Fence, delivery: MutationDelivery, opened: OpenedMutation): Promise<void> {
    this.#byFence.get(fence)?.revoke();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#byFence.set(fence, {
      delivery,
      opened,
      finished: resolve,
      revoke: () => reject(new PartitionRevokedError()),
    });
    return promise;
  }

  find(fence: Fence): InFlightDelivery | undefined {
    return this.#byFence.get(fence);
  }

  /** All deliveries, in the order in which they began. */
  all(): [Fence, InFlightDelivery][] {
    return [...this.#byFence];
  }

  finish(fence: Fence): void {
    this.#byFence.get(fence)?.finished();
    this.#byFence.delete(fence);
  }

  revokeAll(): void {
    for (const { revoke } of this.#byFence.values()) revoke();
    this.#byFence.clear();
  }
}
