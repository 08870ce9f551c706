import type { CatalogueEntry, CataloguedStore, Section } from '@coffer/catalogue';
import { compareCodePoints } from '@coffer/secrets';

/** The store that a row is from, and what is known of it. */
export interface RowSource {
  readonly store: CataloguedStore & { readonly readOnly: boolean };
  readonly section: Section;
}

/** `here`: of the namespace that was asked for, or of any where none was; `child`: of one below it; `inherited`: of a parent. */
export type RowOrigin = 'here' | 'child' | 'inherited';

/** A secret in a table. */
export interface SecretRow {
  readonly entry: CatalogueEntry;
  readonly source: RowSource;
  readonly origin: RowOrigin;
  /** A scan found it gone from its store; the entry is as it was known before. */
  readonly missing: boolean;
}

export const ROW_FIELDS = ['key', 'namespace', 'description', 'changed', 'store'] as const;
export type RowField = (typeof ROW_FIELDS)[number];

export interface RowSortKey {
  readonly field: RowField;
  readonly descending: boolean;
}

/** Characters of a description by which rows are ordered: a cursor holds them. */
const DESCRIPTION_LENGTH = 64;

/** As many digits as a time in milliseconds will have for long. */
const TIME_DIGITS = 15;

const TEXTS: Readonly<Record<RowField, (row: SecretRow) => string>> = {
  key: ({ entry }) => entry.key,
  namespace: ({ entry }) => entry.namespace,
  description: ({ entry }) => entry.description?.slice(0, DESCRIPTION_LENGTH) ?? '',
  // Of which nobody knows comes first.
  changed: ({ entry }) => (entry.changedAt === undefined ? '' : String(entry.changedAt).padStart(TIME_DIGITS, '0')),
  store: ({ source }) => source.store.name,
};

const BY_PLACE: readonly RowSortKey[] = [
  { field: 'namespace', descending: false },
  { field: 'key', descending: false },
];

/** An order of rows that no two of them share, and the texts that say where in it a row stands. */
export class RowOrder {
  readonly #keys: readonly (RowSortKey & { readonly text: (row: SecretRow) => string })[];

  constructor(readonly keys: readonly RowSortKey[]) {
    const all = [...keys, ...BY_PLACE.filter(({ field }) => !keys.some((key) => key.field === field))];
    this.#keys = all.map((key) => ({ ...key, text: TEXTS[key.field] }));
  }

  /** Whether rows that are in the order of namespace and key are in this one. */
  get isByPlace(): boolean {
    const [first, second] = this.#keys;
    return first?.field === 'namespace' && second?.field === 'key' && !first.descending && !second.descending;
  }

  readonly compare = (a: SecretRow, b: SecretRow): number => {
    for (const { text, descending } of this.#keys) {
      const order = compareCodePoints(text(a), text(b));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };

  position(row: SecretRow): readonly string[] {
    return this.#keys.map(({ text }) => text(row));
  }

  /** Whether the row comes after a position of this order. */
  isAfter(row: SecretRow, position: readonly string[]): boolean {
    for (const [at, { text, descending }] of this.#keys.entries()) {
      const order = compareCodePoints(text(row), position[at] ?? '');
      if (order !== 0) return descending ? order < 0 : order > 0;
    }
    return false;
  }
}
