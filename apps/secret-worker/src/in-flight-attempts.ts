import type { Fence } from '@coffer/secrets';
import type { OpenedAttempt } from './attempt.js';

/** Rejects the delivery of a mutation that another worker will finish. */
export class PartitionRevokedError extends Error {
  constructor() {
    super('the partition belongs to another worker now');
  }
}

interface InFlight {
  readonly attempt: OpenedAttempt;
  /** The delivery is finished, as far as this worker goes. */
  readonly finished: () => void;
  readonly revoke: () => void;
}

/** The attempts of one partition that this worker has begun and not finished, by fence. */
export class InFlightAttempts {
  readonly #byFence = new Map<Fence, InFlight>();

  /** Resolves when the mutation is finished; rejects with `PartitionRevokedError`. */
  begin(attempt: OpenedAttempt): Promise<void> {
    this.#byFence.get(attempt.fence)?.revoke();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#byFence.set(attempt.fence, {
      attempt,
      finished: resolve,
      revoke: () => reject(new PartitionRevokedError()),
    });
    return promise;
  }

  find(fence: Fence): OpenedAttempt | undefined {
    return this.#byFence.get(fence)?.attempt;
  }

  /** All attempts, in the order in which they began. */
  all(): OpenedAttempt[] {
    return Array.from(this.#byFence.values(), ({ attempt }) => attempt);
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
