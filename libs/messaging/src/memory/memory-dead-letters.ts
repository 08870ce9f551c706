import type { DeadLetter, DeadLetters, DeadLetterSummary } from '../contract/dead-letters.js';
import { summaryOf } from '../contract/dead-letters.js';
import { bytesOfMutation } from '../contract/mutation-queue.js';
import type { MemoryUse } from '../contract/messaging.js';

export const DEAD_LETTERS_MAX_BYTES = 64 * 1024 * 1024;

const bytesOf = ({ delivery }: DeadLetter): number => bytesOfMutation(delivery.record);

/**
 * The dead letters of one process; forgotten when it ends. Beyond `maxBytes` the oldest ones go, each of which
 * `onEvicted` is told: their writes were answered as failed, but can no longer be replayed.
 */
export class MemoryDeadLetters implements DeadLetters {
  readonly #letters = new Map<string, DeadLetter>();
  #bytes = 0;
  #evictions = 0;

  constructor(
    private readonly maxBytes = DEAD_LETTERS_MAX_BYTES,
    private readonly onEvicted: (letter: DeadLetterSummary) => void = () => undefined,
  ) {}

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: this.maxBytes, evictions: this.#evictions };
  }

  bury(letter: DeadLetter): Promise<void> {
    if (this.#letters.has(letter.id)) return Promise.resolve();
    this.#letters.set(letter.id, letter);
    this.#bytes += bytesOf(letter);
    for (const oldest of this.#letters.values()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#drop(oldest);
      this.#evictions += 1;
      this.onEvicted(summaryOf(oldest));
    }
    return Promise.resolve();
  }

  list(): Promise<readonly DeadLetterSummary[]> {
    return Promise.resolve(Array.from(this.#letters.values(), summaryOf));
  }

  find(id: string): Promise<DeadLetter | undefined> {
    return Promise.resolve(this.#letters.get(id));
  }

  discard(id: string): Promise<void> {
    const letter = this.#letters.get(id);
    if (letter !== undefined) this.#drop(letter);
    return Promise.resolve();
  }

  #drop(letter: DeadLetter): void {
    this.#letters.delete(letter.id);
    this.#bytes -= bytesOf(letter);
  }
}
