import { KeyTable } from './key-table.js';
import type { Key } from './key.js';

/** Into how many tables the window is cut: so much more than the window is remembered at most. */
const SLICES = 8;

/** A row of one of the tables. Valid until the next change. */
export interface Row<Extra = typeof NO_EXTRA> {
  readonly table: KeyTable;
  readonly row: number;
  /** What the rows of its table share. */
  readonly extra: Extra;
}

interface Slice<Extra> {
  readonly table: KeyTable;
  readonly extra: Extra;
  readonly began: number;
  latest: number;
}

/** The extra of tables whose rows share nothing. */
export const NO_EXTRA = { bytes: 0 } as const;

export interface RecentTableOptions<Extra> {
  readonly windowMs: number;
  /** Words of a row, beside its key. */
  readonly words: number;
  /** What the rows of one slice share. */
  readonly makeExtra: () => Extra;
}

/**
 * Rows by key, remembered for the window from when they were last put, and for an eighth of it more at most: they lie in
 * a table for each slice of time, and to forget is to drop a table. Of a key that is in several tables the youngest row
 * counts. Timestamps are in milliseconds and may lag behind one another.
 */
export class RecentTable<Extra extends { readonly bytes: number } = typeof NO_EXTRA> {
  /** The youngest first. */
  readonly #slices: Slice<Extra>[] = [];

  constructor(private readonly options: RecentTableOptions<Extra>) {}

  /** Rows, those that a younger row of the same key hides included. */
  get size(): number {
    let size = 0;
    for (const { table } of this.#slices) size += table.size;
    return size;
  }

  get isEmpty(): boolean {
    return this.#slices.length === 0;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { table, extra } of this.#slices) bytes += table.bytes + extra.bytes;
    return bytes;
  }

  find(key: Key): Row<Extra> | undefined {
    for (const { table, extra } of this.#slices) {
      const row = table.find(key);
      if (row >= 0) return { table, row, extra };
    }
    return undefined;
  }

  has(key: Key): boolean {
    for (const { table } of this.#slices) if (table.find(key) >= 0) return true;
    return false;
  }

  /** The key's row in the youngest table, made with words of 0 where there is none. */
  put(key: Key, timestamp: number): Row<Extra> {
    const { table, extra } = this.#current(timestamp);
    const row = table.find(key);
    return { table, extra, row: row >= 0 ? row : table.add(key) };
  }

  /** Drops the tables in which nothing is as young as that. */
  forget(before: number): void {
    while ((this.#slices.at(-1)?.latest ?? before) < before) this.#slices.pop();
  }

  /** Drops the oldest table, before its time. Answers the time of the youngest row in it; `undefined` where none is. */
  evict(): number | undefined {
    return this.#slices.pop()?.latest;
  }

  #current(timestamp: number): Slice<Extra> {
    const [youngest] = this.#slices;
    const { windowMs, words, makeExtra } = this.options;
    if (youngest !== undefined && timestamp < youngest.began + windowMs / SLICES) {
      youngest.latest = Math.max(youngest.latest, timestamp);
      return youngest;
    }
    const slice = { table: new KeyTable(words), extra: makeExtra(), began: timestamp, latest: timestamp };
    this.#slices.unshift(slice);
    return slice;
  }
}
