import { CofferError, compareCodePoints } from '@coffer/secrets';
import { TEXT_FIELDS, type Filterable, type TextField } from '../filters/index.js';

export interface SortKey {
  readonly field: TextField;
  readonly descending: boolean;
}

/** Default of a list without `sort`. */
export const BY_PATH: readonly SortKey[] = [
  { field: 'namespace', descending: false },
  { field: 'key', descending: false },
];

const parseOne = (text: string): SortKey => {
  const [fieldText, direction = 'asc', ...others] = text.split(':');
  const field = TEXT_FIELDS.find((known) => known === fieldText);
  const lower = direction.toLowerCase();
  if (field === undefined || others.length > 0 || (lower !== 'asc' && lower !== 'desc')) {
    throw new CofferError('invalid', `invalid sort: it is FIELD:asc or FIELD:desc with ${TEXT_FIELDS.join(', ')}`);
  }
  return { field, descending: lower === 'desc' };
};

/**
 * `sort=key:asc`, repeated or joined by commas; the first counts most, and a field's second mention not at all. Throws
 * `invalid`; `tooMany` makes the error for more than `most`.
 */
export const parseSort = (
  sort: string | readonly string[] | undefined,
  most: number,
  tooMany: (most: number) => CofferError,
): readonly SortKey[] => {
  const texts = (typeof sort === 'string' ? [sort] : (sort ?? []))
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts.length > most) throw tooMany(most);
  if (texts.length === 0) return BY_PATH;
  return texts.map(parseOne).filter(({ field }, at, all) => all.findIndex((key) => key.field === field) === at);
};

const TEXTS: Readonly<Record<TextField, (row: Filterable) => string>> = {
  namespace: ({ namespace }) => namespace,
  key: ({ key }) => key,
  description: ({ description }) => description ?? '',
};

/** Total: rows that are equal by the keys asked for are ordered by namespace and key, so that pages never overlap. */
export const comparatorOf = (keys: readonly SortKey[]): ((a: Filterable, b: Filterable) => number) => {
  const all = [...keys, ...BY_PATH].map(({ field, descending }) => ({ text: TEXTS[field], sign: descending ? -1 : 1 }));
  return (a, b) => {
    for (const { text, sign } of all) {
      const order = compareCodePoints(text(a), text(b));
      if (order !== 0) return sign * order;
    }
    return 0;
  };
};
