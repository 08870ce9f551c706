import { byPlace, sameEntry, type CatalogueEntry } from './entry.js';
import type { SortedEntries } from './sorted-entries.js';

export const DRIFT_KINDS = ['appeared', 'changed', 'deleted'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** A secret that was changed in its store without Coffer. */
export interface DriftedSecret {
  readonly kind: DriftKind;
  /** As the scan found it; of one that is gone, as it was known before. */
  readonly entry: CatalogueEntry;
}

/** What a scan found that the log had not said: exact counts, and the first `MAX_DRIFTED` of the secrets. */
export interface Drift extends Readonly<Record<DriftKind, number>> {
  readonly secrets: readonly DriftedSecret[];
}

/** Secrets of one scan that are reported by name, and of one section that are remembered. */
export const MAX_DRIFTED = 1_000;

const order = (a: CatalogueEntry | undefined, b: CatalogueEntry): number => (a === undefined ? 1 : byPlace(a, b));

/** One pass over both, which are sorted. `same` is called with the index of an entry that says what was known before. */
export const driftBetween = (
  known: SortedEntries,
  found: SortedEntries,
  same: (at: number, before: CatalogueEntry) => void,
): Drift => {
  const counts = { appeared: 0, changed: 0, deleted: 0 };
  const secrets: DriftedSecret[] = [];
  const count = (kind: DriftKind, entry: CatalogueEntry): void => {
    counts[kind] += 1;
    if (secrets.length < MAX_DRIFTED) secrets.push({ kind, entry });
  };
  let at = 0;
  for (const [index, entry] of found.all.entries()) {
    for (; order(known.all[at], entry) < 0; at += 1) count('deleted', known.all[at] as CatalogueEntry);
    const before = known.all[at];
    if (before === undefined || byPlace(before, entry) !== 0) {
      count('appeared', entry);
      continue;
    }
    at += 1;
    if (sameEntry(before, entry)) same(index, before);
    else count('changed', entry);
  }
  for (; at < known.size; at += 1) count('deleted', known.all[at] as CatalogueEntry);
  return { ...counts, secrets };
};

const nameOf = ({ namespace, key }: { readonly namespace: string; readonly key: string }): string =>
  `${namespace}/${key}`;

/** The secrets of a section that drifted, each until Coffer writes it; beyond `MAX_DRIFTED` the oldest are forgotten. */
export class DriftedSecrets {
  readonly #byName = new Map<string, DriftedSecret>();
  /** Names among them that are not reported until they drift anew. */
  readonly #ignored = new Set<string>();

  get all(): readonly DriftedSecret[] {
    return [...this.#byName.values()];
  }

  get size(): number {
    return this.#byName.size;
  }

  find(place: { readonly namespace: string; readonly key: string }): DriftedSecret | undefined {
    return this.#byName.size === 0 ? undefined : this.#byName.get(nameOf(place));
  }

  add({ secrets }: Drift): void {
    for (const secret of secrets) {
      const name = nameOf(secret.entry);
      this.#delete(name);
      this.#byName.set(name, secret);
    }
    for (const name of this.#byName.keys()) {
      if (this.#byName.size <= MAX_DRIFTED) return;
      this.#delete(name);
    }
  }

  /** Coffer wrote it. */
  forget(place: { readonly namespace: string; readonly key: string }): void {
    if (this.#byName.size > 0) this.#delete(nameOf(place));
  }

  /** Stops reporting the secret, or reports it again. Returns false for one that has not drifted. */
  ignore(place: { readonly namespace: string; readonly key: string }, ignored: boolean): boolean {
    const name = nameOf(place);
    if (!this.#byName.has(name)) return false;
    if (ignored) this.#ignored.add(name);
    else this.#ignored.delete(name);
    return true;
  }

  isIgnored(place: { readonly namespace: string; readonly key: string }): boolean {
    return this.#ignored.size > 0 && this.#ignored.has(nameOf(place));
  }

  #delete(name: string): void {
    this.#byName.delete(name);
    this.#ignored.delete(name);
  }
}
