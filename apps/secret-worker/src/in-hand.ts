import type { Fence } from '@coffer/secrets';
import type { MutationDelivery } from '@coffer/messaging';
import type { OpenedMutation } from './opened-mutation.js';

/** Given to the queue for a mutation that another worker will finish. */
export class HandedOver extends Error {
  constructor() {
    super('the partition belongs to another worker now');
  }
}

export interface InHand {
  readonly delivery: MutationDelivery;
  readonly opened: OpenedMutation;
  /** The delivery is finished, as far as this worker goes. */
  readonly finished: () => void;
  readonly handOver: () => void;
}

/** The deliveries of one partition that this worker has begun and not finished, by fence. */
export class DeliveriesInHand {
  readonly #byFence = new Map<Fence, InHand>();

  /** Resolves when the mutation is finished; rejects with `HandedOver`. */
  begin(fence: Fence, delivery: MutationDelivery, opened: OpenedMutation): Promise<void> {
    this.#byFence.get(fence)?.handOver();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#byFence.set(fence, { delivery, opened, finished: resolve, handOver: () => reject(new HandedOver()) });
    return promise;
  }

  find(fence: Fence): InHand | undefined {
    return this.#byFence.get(fence);
  }

  /** In the order in which they began. */
  all(): [Fence, InHand][] {
    return [...this.#byFence];
  }

  finish(fence: Fence): void {
    this.#byFence.get(fence)?.finished();
    this.#byFence.delete(fence);
  }

  handOverAll(): void {
    for (const { handOver } of this.#byFence.values()) handOver();
    this.#byFence.clear();
  }
}
