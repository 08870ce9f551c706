import type { CatalogueEntry } from '@coffer/catalogue';
import { ROW_FIELDS, ROW_STATES, RowOrder, type RowSortKey, type RowState } from '@coffer/reads';
import { CofferError } from '@coffer/secrets';
import { z } from 'zod';

type Texts = string | readonly string[] | undefined;

const listOf = (texts: Texts): readonly string[] => (typeof texts === 'string' ? [texts] : (texts ?? []));

const joined = (texts: Texts): readonly string[] =>
  listOf(texts)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');

/** Tags of one search. */
const MAX_TAGS = 20;

/** Whether a text has the part, in lower case; `part` is. */
const has = (text: string | undefined, part: string): boolean => text?.toLowerCase().includes(part) === true;

interface Wanted {
  /** The whole key. */
  readonly key?: string | undefined;
  /** A part of the key, the description or a tag, in any case. */
  readonly q?: string | undefined;
  /** All of them. */
  readonly tag?: Texts;
}

/** Whether a secret has all that is wanted. Throws `invalid`. */
export const matcherOf = ({ key: wholeKey, q, tag }: Wanted): ((entry: CatalogueEntry) => boolean) => {
  const tags = listOf(tag).map((text) => {
    const [key, value] = [
      text.split('=', 1)[0] ?? '',
      text.includes('=') ? text.slice(text.indexOf('=') + 1) : undefined,
    ];
    if (key === '') throw new CofferError('invalid', 'invalid tag: it is KEY or KEY=VALUE');
    return { key, value };
  });
  if (tags.length > MAX_TAGS) throw new CofferError('invalid', `invalid tag: at most ${MAX_TAGS} are taken`);
  const part = q?.toLowerCase() ?? '';
  const hasText = ({ key, description, tags: own }: CatalogueEntry): boolean =>
    has(key, part) || has(description, part) || own.some((each) => has(each.key, part) || has(each.value, part));
  return (entry) => {
    if (wholeKey !== undefined && entry.key !== wholeKey) return false;
    if (part !== '' && !hasText(entry)) return false;
    return tags.every((wanted) =>
      entry.tags.some(({ key, value }) => key === wanted.key && (wanted.value === undefined || value === wanted.value)),
    );
  };
};

/** Throws `invalid`. */
export const statesOf = (state: Texts): ReadonlySet<RowState> =>
  new Set(
    joined(state).map((text) => {
      const known = ROW_STATES.find((each) => each === text);
      if (known === undefined) throw new CofferError('invalid', `invalid state: it is one of ${ROW_STATES.join(', ')}`);
      return known;
    }),
  );

const sortKeyOf = (text: string): RowSortKey => {
  const [name, direction = 'asc', ...others] = text.split(':');
  const field = ROW_FIELDS.find((known) => known === name);
  if (field === undefined || others.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
    throw new CofferError('invalid', `invalid sort: it is FIELD:asc or FIELD:desc with ${ROW_FIELDS.join(', ')}`);
  }
  return { field, descending: direction === 'desc' };
};

/** The first mention of a field counts. Throws `invalid`. */
export const orderOf = (sort: Texts): RowOrder => {
  const keys = joined(sort).map(sortKeyOf);
  return new RowOrder(keys.filter(({ field }, at) => keys.findIndex((key) => key.field === field) === at));
};

const cursorShape = z.tuple([z.string(), z.array(z.string())]);

const nameOf = ({ keys }: RowOrder): string =>
  keys.map(({ field, descending }) => `${field}:${descending ? 'desc' : 'asc'}`).join();

/** A position in an order, as text. */
export const cursorOf = (order: RowOrder, position: readonly string[]): string =>
  Buffer.from(JSON.stringify([nameOf(order), position])).toString('base64url');

/** Throws `invalid` for what is no cursor, or one of another order. */
export const positionOf = (order: RowOrder, cursor: string): readonly string[] => {
  try {
    const [name, position] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (name === nameOf(order)) return position;
  } catch {
    // As one of another order.
  }
  throw new CofferError('invalid', 'invalid cursor: it is `next` of a page that was asked for in the same order');
};
