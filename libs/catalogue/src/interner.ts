import type { Applied, SecretPath, Tag } from '@coffer/secrets';
import { CatalogueEntry } from './entry.js';

/** Distinct texts and lists of tags kept; what comes beyond them is stored as it is. */
const MAX_KEPT = 2_000;
const NO_TAGS: readonly Tag[] = [];

/** Makes entries that share what many secrets have in common: namespaces, names of tags, whole lists of tags. */
export class Interner {
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, readonly Tag[]>();

  entry(
    { namespace, key }: SecretPath,
    { metadata: { description, tags }, version, revision, changed }: Omit<Applied, 'outcome'>,
    changedAt = changed,
  ): CatalogueEntry {
    const shared = [this.#text(namespace), key, description, this.#tags(tags)] as const;
    return new CatalogueEntry(...shared, version, revision, changedAt);
  }

  #text(text: string): string {
    return this.#kept(this.#texts, text, () => text);
  }

  #tags(tags: readonly Tag[]): readonly Tag[] {
    if (tags.length === 0) return NO_TAGS;
    const identity = JSON.stringify(tags.map(({ key, value }) => [key, value]));
    return this.#kept(this.#lists, identity, () => tags.map(({ key, value }) => ({ key: this.#text(key), value })));
  }

  #kept<T>(kept: Map<string, T>, identity: string, make: () => T): T {
    const known = kept.get(identity);
    if (known !== undefined) return known;
    const made = make();
    if (kept.size < MAX_KEPT) kept.set(identity, made);
    return made;
  }
}
