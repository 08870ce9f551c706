import { compareCodePoints } from '@coffer/secrets';
import { byPlace, type CatalogueEntry, type Place } from './entry.js';

/** The first index at which `reached` holds; it holds for all after it. */
const firstIndex = (length: number, reached: (index: number) => boolean): number => {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Entries in the order of lists: eight bytes of index for each, found in the logarithm of their number. */
export class SortedEntries {
  /** `entries`: sorted by place, each place once; owned by this object from here on. */
  constructor(private readonly entries: CatalogueEntry[] = []) {}

  get size(): number {
    return this.entries.length;
  }

  /** All of them as they now are; later changes show in it. */
  get all(): readonly CatalogueEntry[] {
    return this.entries;
  }

  find(place: Place): CatalogueEntry | undefined {
    const found = this.entries[this.#index(place)];
    return found !== undefined && byPlace(found, place) === 0 ? found : undefined;
  }

  of(namespace: string): readonly CatalogueEntry[] {
    const { entries } = this;
    const order = (index: number): number => compareCodePoints(entries[index]?.namespace ?? '', namespace);
    const start = firstIndex(entries.length, (index) => order(index) >= 0);
    const end = firstIndex(entries.length, (index) => order(index) > 0);
    return entries.slice(start, end);
  }

  put(entry: CatalogueEntry): void {
    const index = this.#index(entry);
    const found = this.entries[index];
    const known = found !== undefined && byPlace(found, entry) === 0;
    this.entries.splice(index, known ? 1 : 0, entry);
  }

  /** `entry` has the place of the one at that index. */
  replace(at: number, entry: CatalogueEntry): void {
    this.entries[at] = entry;
  }

  delete(place: Place): void {
    if (this.find(place) !== undefined) this.entries.splice(this.#index(place), 1);
  }

  #index(place: Place): number {
    return firstIndex(this.entries.length, (index) => byPlace(this.entries[index] as CatalogueEntry, place) >= 0);
  }
}
