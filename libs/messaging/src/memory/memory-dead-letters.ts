import type { DeadLetter, DeadLetters } from '../contract/dead-letters.js';

/** The dead letters of one process; forgotten when it ends. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #letters = new Map<string, DeadLetter>();

  bury(letter: DeadLetter): Promise<void> {
    if (!this.#letters.has(letter.id)) this.#letters.set(letter.id, letter);
    return Promise.resolve();
  }

  list(): Promise<readonly DeadLetter[]> {
    return Promise.resolve([...this.#letters.values()]);
  }

  find(id: string): Promise<DeadLetter | undefined> {
    return Promise.resolve(this.#letters.get(id));
  }

  discard(id: string): Promise<void> {
    this.#letters.delete(id);
    return Promise.resolve();
  }
}
