import { byPlace, type CatalogueEntry } from './entry.js';

/** Merges two sorted runs. Of two entries of one place, the one of `later` stays. */
const merge = (earlier: readonly CatalogueEntry[], later: readonly CatalogueEntry[]): CatalogueEntry[] => {
  const last = earlier.at(-1);
  const first = later[0];
  if (last === undefined || first === undefined || byPlace(last, first) < 0) return [...earlier, ...later];
  const merged: CatalogueEntry[] = [];
  let [a, b] = [0, 0];
  while (a < earlier.length && b < later.length) {
    const [left, right] = [earlier[a] as CatalogueEntry, later[b] as CatalogueEntry];
    const order = byPlace(left, right);
    merged.push(order < 0 ? left : right);
    if (order <= 0) a += 1;
    if (order >= 0) b += 1;
  }
  for (; a < earlier.length; a += 1) merged.push(earlier[a] as CatalogueEntry);
  for (; b < later.length; b += 1) merged.push(later[b] as CatalogueEntry);
  return merged;
};

/**
 * Sorts pages as they come: runs of like length are merged, so that no step takes longer than one pass over what there
 * is, and a whole scan never stops the process for a sort of everything.
 */
export class RunMerger {
  #runs: CatalogueEntry[][] = [];
  #size = 0;

  /** Entries gathered, repetitions of a place counted as often as they came. */
  get size(): number {
    return this.#size;
  }

  add(page: CatalogueEntry[]): void {
    this.#size += page.length;
    const sorted = page.sort(byPlace);
    let run = sorted.filter((entry, at) => at + 1 === sorted.length || byPlace(entry, sorted[at + 1] ?? entry) !== 0);
    for (let last = this.#runs.at(-1); last !== undefined && last.length <= 2 * run.length; last = this.#runs.at(-1)) {
      this.#runs.pop();
      run = merge(last, run);
    }
    this.#runs.push(run);
  }

  /** Answers all entries in order, each place once. */
  finish(): CatalogueEntry[] {
    return this.#runs.reduceRight<CatalogueEntry[]>((later, earlier) => merge(earlier, later), []);
  }
}
