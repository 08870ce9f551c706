import { KEY_WORDS, type Key } from './key.js';

const PAGE_ROWS = 512;
const FIRST_SLOTS = 128;
/** Slots in use at most, as a part of all: linear probing stays short below it. */
const MAX_LOAD = 0.75;

const WORD_BYTES = 4;

const slotOf = (key: Key, mask: number): number => {
  const mixed = Math.imul((key[0] ?? 0) ^ Math.imul(key[1] ?? 0, 0x9e3779b1), 0x85ebca6b) ^ (key[2] ?? 0);
  const hash = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^ Math.imul(key[3] ?? 0, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) & mask;
};

/**
 * Rows of a 128-bit key and a fixed number of further words, found by their keys. All of it lies in typed arrays: a row
 * costs its words and 5.3 to 10.7 bytes of index. Rows are added and changed, never removed: the whole table is dropped.
 */
export class KeyTable {
  /** A row's number + 1; 0 where none is. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);
  readonly #pages: Uint32Array[] = [];
  readonly #rowWords: number;
  #size = 0;

  /** `words`: of a row, beside its key. */
  constructor(words: number) {
    this.#rowWords = KEY_WORDS + words;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return WORD_BYTES * (this.#slots.length + this.#pages.length * PAGE_ROWS * this.#rowWords);
  }

  /** The number of the row with this key; -1 where there is none. */
  find(key: Key): number {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(key, mask); ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0 || this.#has(row, key)) return row;
    }
  }

  /** Adds a row whose further words are 0; answers its number. The key must not be there yet. */
  add(key: Key): number {
    if (this.#size >= this.#slots.length * MAX_LOAD) this.#grow();
    const row = this.#size++;
    if (row % PAGE_ROWS === 0) this.#pages.push(new Uint32Array(PAGE_ROWS * this.#rowWords));
    this.#page(row).set(key, this.#at(row));
    this.#index(row, key, this.#slots);
    return row;
  }

  /** A further word of a row. */
  word(row: number, index: number): number {
    return this.#page(row)[this.#at(row) + KEY_WORDS + index] ?? 0;
  }

  setWord(row: number, index: number, value: number): void {
    this.#page(row)[this.#at(row) + KEY_WORDS + index] = value;
  }

  /** The further words of a row from `index` on. */
  setWords(row: number, index: number, values: Uint32Array): void {
    this.#page(row).set(values, this.#at(row) + KEY_WORDS + index);
  }

  #page(row: number): Uint32Array {
    return this.#pages[Math.floor(row / PAGE_ROWS)] as Uint32Array;
  }

  #at(row: number): number {
    return (row % PAGE_ROWS) * this.#rowWords;
  }

  #has(row: number, key: Key): boolean {
    const page = this.#page(row);
    const at = this.#at(row);
    return page[at] === key[0] && page[at + 1] === key[1] && page[at + 2] === key[2] && page[at + 3] === key[3];
  }

  #index(row: number, key: Key, slots: Uint32Array): void {
    const mask = slots.length - 1;
    let slot = slotOf(key, mask);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    for (let row = 0; row < this.#size; row += 1) {
      const at = this.#at(row);
      this.#index(row, this.#page(row).subarray(at, at + KEY_WORDS), slots);
    }
    this.#slots = slots;
  }
}
