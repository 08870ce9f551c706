import type { Message } from 'kafkajs';
import { CofferError, type Clock } from '@coffer/secrets';
import type { DeadLetter, DeadLetters, DeadLetterSummary } from '../contract/dead-letters.js';
import type { MemoryUse } from '../contract/messaging.js';
import { BatchingSender } from './batching-sender.js';
import { DeadLetterAuthenticator } from './dead-letter-authenticator.js';
import { encodeDeadLetter } from './dead-letter-codec.js';
import { DeadLetterView, VIEW_MAX_BYTES, type DeadLetterViewOptions } from './dead-letter-view.js';
import type { SigningKeys } from './log-authenticator.js';

export interface KafkaDeadLettersOptions extends Pick<
  DeadLetterViewOptions,
  'kafka' | 'topic' | 'onEvicted' | 'onRefused'
> {
  readonly ring: SigningKeys;
  readonly clock: Pick<Clock, 'wall'>;
}

/**
 * Dead letters in a compacted topic of one partition, bounded in bytes: a letter's id is its message's key, and a tombstone
 * discards it.
 * Whoever lists them once follows the topic from then on: only the first answer waits for a group to form.
 */
export class KafkaDeadLetters implements DeadLetters {
  readonly #sender: BatchingSender;
  readonly #authenticator: DeadLetterAuthenticator;
  #view: Promise<DeadLetterView> | undefined;
  #open: DeadLetterView | undefined;
  readonly #forgetRing: () => void;

  constructor(private readonly options: KafkaDeadLettersOptions) {
    this.#sender = new BatchingSender(options.kafka, options.topic);
    this.#authenticator = new DeadLetterAuthenticator(options.ring, options.topic);
    this.#forgetRing = options.ring.onChange(() => this.#open?.keysChanged());
  }

  /** A letter that is too large for the topic is kept without the body of its mutation, and cannot be replayed. */
  async add(deadLetter: DeadLetter): Promise<void> {
    try {
      await this.#send(encodeDeadLetter(deadLetter));
    } catch (error) {
      if (!CofferError.is(error, 'too-large')) throw error;
      await this.#send(encodeDeadLetter(withoutBody(deadLetter)));
    }
  }

  get memory(): MemoryUse {
    return this.#open?.memory ?? { bytes: 0, limitBytes: VIEW_MAX_BYTES };
  }

  list(): Promise<readonly DeadLetterSummary[]> {
    return this.#ask((view) => view.list());
  }

  find(id: string): Promise<DeadLetter | undefined> {
    return this.#ask((view) => view.find(id));
  }

  async discard(id: string): Promise<void> {
    await this.#send({ key: id, value: null });
  }

  async close(): Promise<void> {
    this.#forgetRing();
    await this.#sender.close();
    const view = await this.#view?.catch(() => undefined);
    await view?.close();
  }

  async #send(message: Message): Promise<void> {
    await this.#sender.send(0, this.#authenticator.sign(message, this.options.clock.wall()));
  }

  async #ask<T>(question: (view: DeadLetterView) => Promise<T>): Promise<T> {
    this.#view ??= DeadLetterView.open({ ...this.options, authenticator: this.#authenticator });
    try {
      this.#open = await this.#view;
      return await question(this.#open);
    } catch (error) {
      // Nothing is known of a view that could not answer; the next caller opens another.
      const view = this.#view;
      [this.#view, this.#open] = [undefined, undefined];
      void view?.then((open) => open.close()).catch(() => undefined);
      throw error;
    }
  }
}

const withoutBody = ({ mutation, ...rest }: DeadLetter): DeadLetter => ({
  ...rest,
  mutation: { ...mutation, body: new Uint8Array() },
});
