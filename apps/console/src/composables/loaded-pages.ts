import type { SecretRow } from '../api/types.js';
import type { SecretPlace } from '../router/secret-address.js';

/** What a row takes beside its texts, roughly. */
const ROW_BYTES = 512;
const CHARACTER_BYTES = 2;

const bytesOf = ({ key, namespace, description = '', tags }: SecretRow): number => {
  const characters = tags.reduce((sum, tag) => sum + tag.key.length + tag.value.length, description.length);
  return ROW_BYTES + CHARACTER_BYTES * (key.length + namespace.length + characters);
};

interface Page {
  readonly rows: readonly SecretRow[];
  readonly bytes: number;
}

/**
 * Pages of a list that are loaded. Once they take more than `maxBytes`, those farthest from what is in view go; those in view
 * stay whatever they take.
 */
export class LoadedPages {
  readonly #pages = new Map<number, Page>();
  #bytes = 0;
  #count = 0;

  constructor(
    readonly pageSize: number,
    readonly maxBytes: number,
  ) {}

  /** What the pages take, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Rows of all pages. */
  get count(): number {
    return this.#count;
  }

  has(page: number): boolean {
    return this.#pages.has(page);
  }

  rowAt(index: number): SecretRow | undefined {
    return this.#pages.get(Math.floor(index / this.pageSize))?.rows[index % this.pageSize];
  }

  rows(): SecretRow[] {
    return [...this.#pages.values()].flatMap(({ rows }) => rows);
  }

  /** Returns -1 where no loaded page has the row. */
  indexOf({ namespace, key }: SecretPlace): number {
    for (const [page, { rows }] of this.#pages) {
      const at = rows.findIndex((row) => row.key === key && row.namespace === namespace);
      if (at >= 0) return page * this.pageSize + at;
    }
    return -1;
  }

  /** `inView`: the first and the last page of which rows are seen. */
  set(page: number, rows: readonly SecretRow[], inView: readonly [number, number]): void {
    this.#delete(page);
    const bytes = rows.reduce((sum, row) => sum + bytesOf(row), 0);
    this.#pages.set(page, { rows, bytes });
    this.#bytes += bytes;
    this.#count += rows.length;
    this.#evict(inView);
  }

  /** Drops all pages but some. */
  retain(pages: readonly number[]): void {
    for (const page of this.#pages.keys()) if (!pages.includes(page)) this.#delete(page);
  }

  clear(): void {
    this.retain([]);
  }

  #evict([first, last]: readonly [number, number]): void {
    if (this.#bytes <= this.maxBytes) return;
    const distance = (page: number): number => Math.max(first - page, page - last, 0);
    const farthestFirst = [...this.#pages.keys()].sort((a, b) => distance(b) - distance(a));
    for (const page of farthestFirst) {
      if (this.#bytes <= this.maxBytes || distance(page) === 0) return;
      this.#delete(page);
    }
  }

  #delete(page: number): void {
    const { rows, bytes } = this.#pages.get(page) ?? { rows: [], bytes: 0 };
    this.#pages.delete(page);
    this.#bytes -= bytes;
    this.#count -= rows.length;
  }
}
