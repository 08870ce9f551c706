import type { Kafka } from 'kafkajs';
import type { DeadLetter, DeadLetters, DeadLetterSummary } from '../contract/dead-letters.js';
import type { MemoryUse } from '../contract/messaging.js';
import { BatchingSender } from './batching-sender.js';
import { encodeDeadLetter } from './dead-letter-codec.js';
import { DeadLetterView, VIEW_MAX_BYTES, type OnEvicted } from './dead-letter-view.js';

/**
 * Dead letters in a compacted topic of one partition, bounded in bytes: a letter's id is its message's key, and a tombstone
 * discards it.
 * Whoever lists them once follows the topic from then on: only the first answer waits for a group to form.
 */
export class KafkaDeadLetters implements DeadLetters {
  readonly #sender: BatchingSender;
  #view: Promise<DeadLetterView> | undefined;
  #open: DeadLetterView | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
    private readonly onEvicted: OnEvicted = () => undefined,
  ) {
    this.#sender = new BatchingSender(kafka, topic);
  }

  async add(deadLetter: DeadLetter): Promise<void> {
    await this.#sender.send(0, encodeDeadLetter(deadLetter));
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
    await this.#sender.send(0, { key: id, value: null });
  }

  async close(): Promise<void> {
    await this.#sender.close();
    const view = await this.#view?.catch(() => undefined);
    await view?.close();
  }

  async #ask<T>(question: (view: DeadLetterView) => Promise<T>): Promise<T> {
    this.#view ??= DeadLetterView.open(this.kafka, this.topic, this.onEvicted);
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
