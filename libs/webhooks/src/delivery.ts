import { KeyedMutex } from '@coffer/backend-contract';
import type { WebhookConfiguration } from '@coffer/config';
import { NotTakenError, type Receiver } from './receiver.js';
import type { WebhookEvent } from './webhook-event.js';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

/** Called with what becomes of attempts and events. */
export interface DeliveryObserver {
  /** An attempt is over; `reason` says why the receiver did not take the event. */
  attempted(reason: string | undefined): void;
  /** Keeps an event that was given up. Rejects when it could not be kept: it is tried again. */
  givenUp(event: WebhookEvent, reason: string, attempts: number): Promise<void>;
}

export interface DeliveryOptions {
  readonly settings: Pick<WebhookConfiguration, 'concurrency' | 'retryForMs'>;
  readonly receiver: Pick<Receiver, 'post'>;
  readonly observer: DeliveryObserver;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** At least 0 and below 1. Defaults to `Math.random`. */
  readonly random?: () => number;
}

/** A pause that ends early, and for good, with the signal. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(stopped());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });

const stopped = (): Error => new Error('the delivery was stopped');

/**
 * Delivers the events of one webhook: those of one secret one after the other, so many at once of different secrets. What the
 * receiver does not take is tried again, after pauses of full jitter that grow, and given up after `retryForMs`; meanwhile it
 * holds back the later events of its own secret alone.
 */
export class Delivery {
  readonly #keys = new KeyedMutex(stopped);
  readonly #waiting: (() => void)[] = [];
  /** When each event that is in hand was given here. */
  readonly #queued = new Map<symbol, number>();
  #active = 0;
  /** Whether the latest attempt found a receiver that takes nothing. */
  #isAway = false;

  constructor(private readonly options: DeliveryOptions) {}

  /** Events in hand. */
  get pending(): number {
    return this.#queued.size;
  }

  /** How long the oldest event in hand has waited, in milliseconds. */
  get oldestMs(): number {
    const [oldest] = this.#queued.values();
    return oldest === undefined ? 0 : this.options.now() - oldest;
  }

  /** Resolves once the event is delivered, or kept with those that were given up. Rejects when the signal fires. */
  async deliver(event: WebhookEvent, signal: AbortSignal): Promise<void> {
    const ticket = Symbol();
    const queuedAt = this.options.now();
    this.#queued.set(ticket, queuedAt);
    try {
      await this.#keys.run(event.path ?? '', signal, () => this.#attempts(event, queuedAt, signal));
    } finally {
      this.#queued.delete(ticket);
    }
  }

  async #attempts(event: WebhookEvent, queuedAt: number, signal: AbortSignal): Promise<void> {
    const { now, random = Math.random, settings, observer } = this.options;
    let reason = 'the receiver was away';
    for (let attempts = 0; ; attempts += 1) {
      const isLate = now() - queuedAt >= settings.retryForMs;
      let wanted = random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts, 16));
      // With a receiver that takes nothing, not every event has to find that out by itself.
      if (isLate && (attempts > 0 || this.#isAway)) {
        if (await observer.givenUp(event, reason, attempts).then(accepted, refused)) return;
      } else {
        const failure = await this.#attempt(event, signal);
        if (failure === undefined) return;
        reason = failure.reason;
        wanted += failure.retryAfterMs;
      }
      // No wish of a receiver, and no pause, is longer than an event is tried.
      const left = settings.retryForMs - (now() - queuedAt);
      await pause(left > 0 ? Math.min(wanted, left) : wanted, signal);
    }
  }

  async #attempt({ id, body }: WebhookEvent, signal: AbortSignal): Promise<NotTakenError | undefined> {
    await this.#enter(signal);
    try {
      await this.options.receiver.post(id, body, signal);
      this.#isAway = false;
      this.options.observer.attempted(undefined);
      return undefined;
    } catch (error) {
      if (signal.aborted) throw stopped();
      if (!(error instanceof NotTakenError)) throw error;
      this.#isAway = !error.isAboutEvent;
      this.options.observer.attempted(error.reason);
      return error;
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    while (this.#active >= this.options.settings.concurrency) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#active += 1;
    if (!signal.aborted) return;
    this.#active -= 1;
    this.#waiting.shift()?.();
    throw stopped();
  }
}

const accepted = (): boolean => true;
const refused = (): boolean => false;
