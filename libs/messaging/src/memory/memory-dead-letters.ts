import type { DeadLetter, DeadLetters, DeadLetterSummary } from '../contract/dead-letters.js';
import { summaryOf } from '../contract/dead-letters.js';
import { bytesOfMutation } from '../contract/mutation-queue.js';
import type { MemoryUse } from '../contract/messaging.js';

export const DEAD_LETTERS_MAX_BYTES = 64 * 1024 * 1024;

const bytesOf = ({ mutation }: DeadLetter): number => bytesOfMutation(mutation);

/**
 * The dead letters of one process; forgotten when it ends. Beyond `maxBytes` the oldest ones go, and `onEvicted` is called
 * with each: its write was answered as failed, but can no longer be replayed.
 */
export class MemoryDeadLetters implements DeadLetters {
  readonly #deadLetters = new Map<string, DeadLetter>();
  #bytes = 0;
  #evictions = 0;

  constructor(
    private readonly maxBytes = DEAD_LETTERS_MAX_BYTES,
    private readonly onEvicted: (deadLetter: DeadLetterSummary) => void = () => undefined,
  ) {}

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: this.maxBytes, evictions: this.#evictions };
  }

  add(deadLetter: DeadLetter): Promise<void> {
    if (this.#deadLetters.has(deadLetter.id)) return Promise.resolve();
    this.#deadLetters.set(deadLetter.id, deadLetter);
    this.#bytes += bytesOf(deadLetter);
    for (const oldest of this.#deadLetters.values()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#drop(oldest);
      this.#evictions += 1;
      this.onEvicted(summaryOf(oldest));
    }
    return Promise.resolve();
  }

  list(): Promise<readonly DeadLetterSummary[]> {
    return Promise.resolve(Array.from(this.#deadLetters.values(), summaryOf));
  }

  find(id: string): Promise<DeadLetter | undefined> {
    return Promise.resolve(this.#deadLetters.get(id));
  }

  discard(id: string): Promise<void> {
    const deadLetter = this.#deadLetters.get(id);
    if (deadLetter !== undefined) this.#drop(deadLetter);
    return Promise.resolve();
  }

  #drop(deadLetter: DeadLetter): void {
    this.#deadLetters.delete(deadLetter.id);
    this.#bytes -= bytesOf(deadLetter);
  }
}
