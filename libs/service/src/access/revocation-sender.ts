import type { MemoryUse, Revocation, RevocationLog } from '@coffer/messaging';
import type { Clock } from '@coffer/secrets';

export interface RevocationSenderOptions {
  readonly log: Pick<RevocationLog, 'publish'>;
  readonly clock: Pick<Clock, 'wall'>;
  /** Called after each attempt that failed, with how many are unsent. */
  readonly onFailed: (error: unknown, unsent: number) => void;
  /** Between two attempts. Defaults to 1 s. */
  readonly retryDelayMs?: number;
  /** Longest that `send` waits. Defaults to 2 s. */
  readonly timeoutMs?: number;
}

/** Beyond them the first is given up. */
export const MAX_UNSENT = 10_000;
/** About what one takes in memory. */
const UNSENT_BYTES = 400;
/** Published at once. */
const BATCH = 100;

/** Publishes revocations, again and again until the log has them or they would have ended by themselves. */
export class RevocationSender {
  /** And who waits for each. */
  readonly #unsent = new Map<Revocation, () => void>();
  #givenUp = 0;
  #running = false;
  #closed = false;

  constructor(private readonly options: RevocationSenderOptions) {}

  get memory(): MemoryUse {
    return {
      bytes: this.#unsent.size * UNSENT_BYTES,
      limitBytes: MAX_UNSENT * UNSENT_BYTES,
      evictions: this.#givenUp,
    };
  }

  /** Resolves once it is published, or after `timeoutMs`; it is tried further then. Never rejects. */
  async send(revocation: Revocation): Promise<void> {
    const [first] = this.#unsent;
    if (first !== undefined && this.#unsent.size >= MAX_UNSENT) {
      this.#done(...first);
      this.#givenUp += 1;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#unsent.set(revocation, resolve);
    if (!this.#running) void this.#run();
    const timer = setTimeout(resolve, this.options.timeoutMs ?? 2_000);
    await promise;
    clearTimeout(timer);
  }

  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#unsent.size > 0 && !this.#closed) {
      if (await this.#publish([...this.#unsent].slice(0, BATCH))) continue;
      await new Promise((resolve) => setTimeout(resolve, this.options.retryDelayMs ?? 1_000).unref());
    }
    this.#running = false;
  }

  /** Whether all of them are done with. */
  async #publish(batch: readonly (readonly [Revocation, () => void])[]): Promise<boolean> {
    const { log, clock, onFailed } = this.options;
    const outcomes = await Promise.allSettled(batch.map(([revocation]) => log.publish(revocation)));
    let failure: { readonly reason: unknown } | undefined;
    for (const [at, outcome] of outcomes.entries()) {
      const [revocation, resolve] = batch[at] as (typeof batch)[number];
      if (outcome.status === 'fulfilled' || revocation.expiresAtMs <= clock.wall()) this.#done(revocation, resolve);
      else failure = outcome;
    }
    if (failure !== undefined) onFailed(failure.reason, this.#unsent.size);
    return failure === undefined;
  }

  #done(revocation: Revocation, resolve: () => void): void {
    this.#unsent.delete(revocation);
    resolve();
  }
}
